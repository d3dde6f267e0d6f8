import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { z } from 'zod';

const VALID_FOR_MS = 10 * 365 * 24 * 3600 * 1000;
const RENEW_BEFORE_MS = 30 * 24 * 3600 * 1000;

const kept = z.strictObject({ caPem: z.string(), certPem: z.string(), keyPem: z.string() });

/** What the server shows, and the authority by which clients know it. */
export type ServerCertificate = z.infer<typeof kept>;

/** The certificate of this cluster, made at its first start by an authority of its own and kept in the folder. */
export async function loadOrCreateCertificate(folder: string, now: Date): Promise<ServerCertificate> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'certificate.json');
  if (existsSync(path)) {
    const parsed = kept.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (parsed.success && isFresh(parsed.data, now)) return parsed.data;
  }
  const created = await create(now);
  writeFileSync(`${path}.next`, JSON.stringify(created), { mode: 0o600 });
  renameSync(`${path}.next`, path);
  return created;
}

function isFresh(certificate: ServerCertificate, now: Date): boolean {
  return Date.parse(new X509Certificate(certificate.certPem).validTo) - now.getTime() > RENEW_BEFORE_MS;
}

async function create(now: Date): Promise<ServerCertificate> {
  const dates = { notBeforeDate: new Date(now.getTime() - 3600_000), notAfterDate: new Date(now.getTime() + VALID_FOR_MS) };
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256', ...dates } as const;
  const authority = await generate([{ name: 'commonName', value: 'Flow sandbox authority' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'Flow sandbox' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { caPem: authority.cert, certPem: server.cert, keyPem: server.private };
}
