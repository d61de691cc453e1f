import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where an embedded Keystone keeps what it needs. */
export interface EmbeddedFiles {
  directory: string;
  config: string;
  clouds: string;
  fernetKeys: string;
  credentialKeys: string;
}

const configText = ({
  directory,
  fernetKeys,
  credentialKeys,
}: EmbeddedFiles) => `# Made on the first start. A Python Keystone reads it too.
[database]
connection = sqlite:///${join(directory, 'keystone.db')}

[fernet_tokens]
key_repository = ${fernetKeys}

[fernet_receipts]
key_repository = ${fernetKeys}

[credential]
key_repository = ${credentialKeys}
`;

/**
 * The files of an embedded Keystone, with its `keystone.conf` written where there is none yet. The directory is closed to
 * others: keys and a password lie in it.
 */
export function embeddedFiles(dataDirectory: string): EmbeddedFiles {
  const directory = resolve(dataDirectory);
  const files = {
    directory,
    config: join(directory, 'keystone.conf'),
    clouds: join(directory, 'clouds.yaml'),
    fernetKeys: join(directory, 'fernet-keys'),
    credentialKeys: join(directory, 'credential-keys'),
  };
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (!existsSync(files.config)) writeFileSync(files.config, configText(files), { mode: 0o600 });
  return files;
}
