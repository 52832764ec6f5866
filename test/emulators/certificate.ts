/** A certificate for servers of tests, by openssl. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Whether openssl is there. */
export const canCertify = spawnSync('openssl', ['version']).status === 0;

/** A certificate for these names, signed by itself, in files of this folder. */
export function certificate(
  folder: string,
  names: readonly string[],
): { key: Buffer; cert: Buffer; file: string } {
  const [key, file] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  const subject = [
    '-subj',
    '/CN=test',
    '-addext',
    `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`,
  ];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', file, ...subject], {
    stdio: 'ignore',
  });
  return { key: readFileSync(key), cert: readFileSync(file), file };
}
