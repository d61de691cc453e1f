import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own that memcached's user may read and write in. */
export function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'kts-python-cache-'));
  chmodSync(folder, 0o777);
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** A certificate for the loopback address, signed by itself, with the machine's own openssl. */
export function certificate(folder: string, name: string): { cert: string; key: string } {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync('openssl', [...request, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  chmodSync(key, 0o644);
  return { cert, key };
}
