import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './part.ts';

/** The folder of what Python Keystone and our services share: keystone.conf, policy file, key repositories. */
export const confFolder = ({ folder }: Pick<Context, 'folder'>) => join(folder, 'etc');
export const confFile = (context: Pick<Context, 'folder'>) => join(confFolder(context), 'keystone.conf');

export const KEY_REPOSITORIES = ['fernet-keys', 'receipt-keys', 'credential-keys'] as const;

/** The database as SQLAlchemy is told it. */
export function databaseUrl({ state }: Context): string {
  return `mysql+pymysql://keystone:${state.secrets.database}@127.0.0.1:${state.ports.mariadb}/keystone`;
}

export const natsUrl = ({ state }: Context) => `nats://127.0.0.1:${state.ports.nats}`;

/** Writes the files that an operator would have under /etc/keystone. A policy file that is there stays as it is. */
export function writeConfiguration(context: Context): void {
  const folder = confFolder(context);
  for (const repository of KEY_REPOSITORIES) {
    mkdirSync(join(folder, repository), { recursive: true });
    chmodSync(join(folder, repository), 0o700);
  }
  if (!existsSync(join(folder, 'policy.yaml'))) writeFileSync(join(folder, 'policy.yaml'), '{}\n');
  writeFileSync(join(folder, 'sso_callback.html'), SSO_CALLBACK);
  writeFileSync(confFile(context), keystoneConf(context), { mode: 0o600 });
}

/** keystone.conf. `[DEFAULT] public_endpoint` is left out: links follow the Host header, so they lead through Envoy. */
export function keystoneConf(context: Context): string {
  const folder = confFolder(context);
  const sections = {
    DEFAULT: { use_stderr: true },
    database: { connection: databaseUrl(context) },
    cache: cacheOptions(context),
    token: { provider: 'fernet' },
    fernet_tokens: { key_repository: join(folder, 'fernet-keys') },
    fernet_receipts: { key_repository: join(folder, 'receipt-keys') },
    credential: { key_repository: join(folder, 'credential-keys') },
    // bcrypt at its least: tests make users all the time.
    identity: { password_hash_rounds: 4 },
    oslo_policy: { policy_file: join(folder, 'policy.yaml') },
    federation: { sso_callback_template: join(folder, 'sso_callback.html') },
    kts: { nats_url: natsUrl(context) },
  };
  const written = Object.entries(sections).map(([name, options]) => section(name, options));
  return [...written, context.state.conf].join('\n');
}

// With the null backend Python Keystone keeps nothing from one request to the next, but still does within one; switched
// off altogether it asks the database for the same row several times a request.
function cacheOptions({ state }: Context): Record<string, string | boolean> {
  if (!state.cache) return { enabled: true, backend: 'dogpile.cache.null' };
  const server = `127.0.0.1:${state.ports.memcached}`;
  return { enabled: true, backend: 'dogpile.cache.memcached', memcache_servers: server };
}

function section(name: string, options: Record<string, string | number | boolean>): string {
  const lines = Object.entries(options).map(([option, value]) => `${option} = ${value}`);
  return [`[${name}]`, ...lines, ''].join('\n');
}

/** What a browser gets after a web single sign-on; Python fills in `$host` and `$token` (keystone/api/_shared/saml.py). */
const SSO_CALLBACK = `<!doctype html>
<title>Signing in</title>
<form name="sso" action="$host" method="post">
  <input type="hidden" name="token" value="$token">
  <noscript><button>Continue</button></noscript>
</form>
<script>
  document.forms.sso.submit();
</script>
`;
