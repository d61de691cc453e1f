import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';

/** Writes a `clouds.yaml` with which `openstack --os-cloud keystone` logs in. */
export function writeCloudsYaml(path: string, { url, password }: { url: string; password: string }): void {
  const login = { auth_url: `${url}/v3`, username: 'admin', password, user_domain_name: 'Default' };
  const shared = { identity_api_version: '3', region_name: 'RegionOne' };
  const clouds = {
    keystone: { auth: { ...login, project_name: 'admin', project_domain_name: 'Default' }, ...shared },
    'keystone-system': { auth: { ...login, system_scope: 'all' }, ...shared },
  };
  writeFileSync(path, stringify({ clouds }), { mode: 0o600 });
}
