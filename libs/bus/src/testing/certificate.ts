import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  key: string;
  cert: string;
  certFile: string;
  remove(): void;
}

/** A new certificate for localhost, signed by itself, with the machine's own openssl. */
export function certificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'kts-bus-'));
  const [keyFile, certFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync('openssl', [...request, ...subject, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
  const read = (file: string) => readFileSync(file, 'utf8');
  return { key: read(keyFile), cert: read(certFile), certFile, remove: () => rmSync(folder, { recursive: true }) };
}
