import { existsSync, readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { writeWhole } from './write-whole.ts';

/** Writes a `clouds.yaml` with which `openstack --os-cloud keystone` logs in. */
export function writeCloudsYaml(path: string, { url, password }: { url: string; password: string }): void {
  const login = { auth_url: url, username: 'admin', password, user_domain_name: 'Default' };
  const shared = { identity_api_version: '3', region_name: 'RegionOne' };
  const clouds = {
    keystone: { auth: { ...login, project_name: 'admin', project_domain_name: 'Default' }, ...shared },
    'keystone-system': { auth: { ...login, system_scope: 'all' }, ...shared },
  };
  writeWhole(path, stringify({ clouds }));
}

interface CloudsYaml {
  clouds?: { keystone?: { auth?: { auth_url?: string } } };
}

/** Where the clients that read it look for Keystone; undefined where the user has made something else of the file. */
export const urlInClouds = (path: string): string | undefined =>
  existsSync(path)
    ? (parse(readFileSync(path, 'utf8')) as CloudsYaml | null)?.clouds?.keystone?.auth?.auth_url
    : undefined;

/** Makes clients look elsewhere, and leaves what the user has written into the file as it is. */
export function moveClouds(path: string, from: string, to: string): void {
  writeWhole(path, readFileSync(path, 'utf8').replaceAll(`auth_url: ${from}\n`, `auth_url: ${to}\n`));
}
