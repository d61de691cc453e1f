import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeWhole } from './write-whole.ts';

/** Where an embedded Keystone keeps what it needs. */
export interface EmbeddedFiles {
  directory: string;
  config: string;
  clouds: string;
  fernetKeys: string;
  credentialKeys: string;
}

/** oslo.config takes `$x` in a value for another option. */
const literal = (path: string) => path.replaceAll('$', '$$$$');

const configText = ({ directory, fernetKeys, credentialKeys }: EmbeddedFiles) =>
  `# Made on the first start. A Python Keystone reads it too.
[database]
connection = sqlite:///${literal(join(directory, 'keystone.db'))}

[fernet_tokens]
key_repository = ${literal(fernetKeys)}

[fernet_receipts]
key_repository = ${literal(fernetKeys)}

[credential]
key_repository = ${literal(credentialKeys)}
`;

/**
 * The files of an embedded Keystone, with its `keystone.conf` written where there is none yet. A directory that is made
 * here is closed to others: keys and a password lie in it.
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
  if (!existsSync(files.config)) writeWhole(files.config, configText(files));
  return files;
}
