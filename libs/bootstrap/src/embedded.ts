import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { ConfigSources } from '@keystone/config';
import { ensureSchema } from '@keystone/database';
import { setupKeys } from '@keystone/keys';
import type { Context } from '@keystone/module';
import { bootstrap } from './bootstrap.ts';
import { writeCloudsYaml } from './clouds.ts';
import { embeddedFiles, type EmbeddedFiles } from './embedded-files.ts';

export interface Embedded {
  files: EmbeddedFiles;
  sources: ConfigSources;
  /** Makes whatever is missing; a start that was cut short is completed by the next. */
  prepare(context: Context): Promise<void>;
}

/** Clients on this machine reach a wildcard address by the loopback. */
const reachable = (bind: string) => `http://${bind.replace(/^(0\.0\.0\.0|\[::\])?:/, '127.0.0.1:')}`;

const OPTIONS = {
  username: 'admin',
  projectName: 'admin',
  roleName: 'admin',
  serviceName: 'keystone',
  regionId: 'RegionOne',
} as const;

async function firstStart(context: Context, files: EmbeddedFiles): Promise<void> {
  const { database, config } = context;
  await ensureSchema(database);
  for (const directory of [files.fernetKeys, files.credentialKeys]) setupKeys(directory);
  const url = reachable(config().kts.bind);
  const password = process.env.OS_BOOTSTRAP_PASSWORD || randomBytes(15).toString('base64url');
  const endpoint = `${url}/v3/`;
  await bootstrap(context, { ...OPTIONS, password, publicUrl: endpoint, internalUrl: endpoint, adminUrl: endpoint });
  // Last of all: that it is there says that all the rest is.
  writeCloudsYaml(files.clouds, { url, password });
}

/** A Keystone of its own in a directory: SQLite, keys, `keystone.conf`, `clouds.yaml`. */
export function prepareEmbedded({ env = {}, overrides = {} }: ConfigSources): Embedded {
  const files = embeddedFiles(overrides.data_dir ?? '.data');
  return {
    files,
    sources: { files: [files.config], env, overrides },
    prepare: async (context) => {
      if (!existsSync(files.clouds)) await firstStart(context, files);
    },
  };
}

/** The lines that a newcomer reads. */
export function sayWhatNext({ clouds }: EmbeddedFiles, url: string): void {
  process.stdout.write(
    [
      `Keystone answers at ${url}/v3. Next, with python-openstackclient:`,
      `  export OS_CLIENT_CONFIG_FILE=${clouds} OS_CLOUD=keystone`,
      '  openstack token issue',
      '',
    ].join('\n'),
  );
}
