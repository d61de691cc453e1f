import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { bootstrapCatalog } from '@keystone/catalog';
import { loadConfig, type ConfigSources } from '@keystone/config';
import { ensureSchema } from '@keystone/database';
import { setupKeys } from '@keystone/keys';
import type { Context } from '@keystone/module';
import { bootstrap, newId, type BootstrapOptions } from './bootstrap.ts';
import { moveClouds, urlInClouds, writeCloudsYaml } from './clouds.ts';
import { embeddedFiles, type EmbeddedFiles } from './embedded-files.ts';

export interface Embedded {
  files: EmbeddedFiles;
  sources: ConfigSources;
  /** Makes whatever is missing; a start that was cut short is completed by the next. */
  prepare(context: Context): Promise<void>;
}

/** Clients on this machine reach a wildcard address by the loopback. */
const reachable = (bind: string) => `http://${bind.replace(/^(0\.0\.0\.0|\[::\])?:/, '127.0.0.1:')}/v3`;

function optionsFor(url: string): Omit<BootstrapOptions, 'password'> {
  const endpoint = `${url}/`;
  return {
    username: 'admin',
    projectName: 'admin',
    roleName: 'admin',
    serviceName: 'keystone',
    regionId: 'RegionOne',
    publicUrl: endpoint,
    internalUrl: endpoint,
    adminUrl: endpoint,
  };
}

async function firstStart(context: Context, files: EmbeddedFiles, env: NodeJS.ProcessEnv): Promise<void> {
  await ensureSchema(context.database);
  for (const directory of [files.fernetKeys, files.credentialKeys]) setupKeys(directory);
  const url = reachable(context.config().kts.bind);
  const password = env['OS_BOOTSTRAP_PASSWORD'] || randomBytes(15).toString('base64url');
  await bootstrap(context, { ...optionsFor(url), password });
  // Last of all: that it is there says that all the rest is.
  writeCloudsYaml(files.clouds, { url, password });
}

/** The address has become another one since the last start: clients and catalog shall know. */
async function follow({ database, config }: Context, { clouds }: EmbeddedFiles): Promise<void> {
  const was = urlInClouds(clouds);
  const url = reachable(config().kts.bind);
  if (was === undefined || was === url) return;
  await bootstrapCatalog(database, { ...optionsFor(url), newId });
  moveClouds(clouds, was, url);
}

/** A Keystone of its own in a directory: SQLite, keys, `keystone.conf`, `clouds.yaml`. */
export function prepareEmbedded({ env = {}, overrides = {} }: ConfigSources): Embedded {
  // The directory may be one that was there before, and open to others.
  process.umask(0o077);
  const files = embeddedFiles(loadConfig({ env, overrides }).kts.data_dir ?? '.data');
  return {
    files,
    sources: { files: [files.config], env, overrides },
    prepare: (context) => (existsSync(files.clouds) ? follow(context, files) : firstStart(context, files, env)),
  };
}

const quoted = (path: string) => (/^[\w/.,+:@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);

/** The lines that a newcomer reads. */
export function sayWhatNext({ clouds }: EmbeddedFiles, { url, seconds }: { url: string; seconds: number }): void {
  process.stdout.write(
    [
      `Keystone answers at ${url}/v3, ready after ${seconds.toFixed(1)} s. Next, with python-openstackclient:`,
      `  export OS_CLIENT_CONFIG_FILE=${quoted(clouds)} OS_CLOUD=keystone`,
      '  openstack token issue',
      '',
    ].join('\n'),
  );
}
