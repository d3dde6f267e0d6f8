import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeKubeconfig, type ClusterConnection } from '@flow/delivery/kubeconfig';
import { generate } from 'selfsigned';
import { z } from 'zod';
import { regionDir } from '../places.ts';
import type { Region } from '../regions.ts';

const userNames = ['admin', 'controllers', 'kube-controller-manager', 'kube-scheduler', 'kubelet'] as const;
export type UserName = (typeof userNames)[number];

/** Who speaks to the API server with a fixed token, and as what. The Argo controllers and KWOK are administrators; Flow is not among them. */
function identityOf(region: Region, name: UserName): { user: string; groups: readonly string[] } {
  switch (name) {
    case 'admin':
    case 'controllers':
      return { user: `flow-test-${name}`, groups: ['system:masters'] };
    case 'kube-controller-manager':
    case 'kube-scheduler':
      return { user: `system:${name}`, groups: [] };
    case 'kubelet':
      return { user: `system:node:${nodeName(region)}`, groups: ['system:nodes'] };
  }
}

/** Name of the node that runs containers. It is an address, for only then does a kubelet take one of loopback as its own. */
export function nodeName(region: Region): string {
  return region.address;
}

const keptTokens = z.record(z.enum(userNames), z.string().min(32));
const validForMs = 365 * 24 * 3600 * 1000;

/** Where the files of a region's authority are. All are made at its first start and go with a reset. */
export function tlsPath(region: Region, name: string): string {
  return regionDir(region.name, 'tls', name);
}

/** Makes authority, certificates, keys and tokens of a region, unless they are there. */
export async function ensureCredentials(region: Region): Promise<void> {
  const folder = tlsPath(region, '');
  if (existsSync(join(folder, 'complete'))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await writeCertificates(region);
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  keep(region, 'service-account.key', pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  keep(region, 'service-account.pub', pair.publicKey.export({ type: 'spki', format: 'pem' }).toString());
  const tokens = Object.fromEntries(userNames.map((name) => [name, randomBytes(32).toString('hex')]));
  keep(region, 'tokens.json', JSON.stringify(tokens));
  const lines = userNames.map((name) => line(tokens[name] ?? '', name, identityOf(region, name)));
  keep(region, 'tokens.csv', `${lines.join('\n')}\n`);
  for (const name of userNames) keep(region, `${name}.kubeconfig`, writeKubeconfig(connectionOf(region, name)));
  keep(region, 'complete', '');
}

function line(token: string, name: UserName, { user, groups }: { user: string; groups: readonly string[] }): string {
  return `${token},${user},${name},"${groups.join(',')}"`;
}

/** How to reach the API server of a region as one of its users. */
export function connectionOf(region: Region, user: UserName): ClusterConnection {
  const token = keptTokens.parse(JSON.parse(readFileSync(tlsPath(region, 'tokens.json'), 'utf8')))[user];
  return { server: serverOf(region), caPem: authorityOf(region), credential: { kind: 'token', token } };
}

/** The address of the API server. */
export function serverOf(region: Region): string {
  return `https://${region.address}`;
}

/** The authority by which the API server and the other parts of a region are known. */
export function authorityOf(region: Region): string {
  return readFileSync(tlsPath(region, 'ca.crt'), 'utf8');
}

async function writeCertificates(region: Region): Promise<void> {
  const dates = { notBeforeDate: new Date(Date.now() - 3600_000), notAfterDate: new Date(Date.now() + validForMs) };
  const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256', ...dates } as const;
  const authority = await generate([{ name: 'commonName', value: `flow test cluster ${region.name}` }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  keep(region, 'ca.crt', authority.cert);
  const ca = { key: authority.private, cert: authority.cert };
  const usage = { name: 'keyUsage', digitalSignature: true, critical: true } as const;
  const server = await generate([{ name: 'commonName', value: 'kubernetes' }], {
    ...common,
    ca,
    extensions: [
      usage,
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map((value) => ({ type: 2, value }) as const),
          ...['127.0.0.1', region.address].map((ip) => ({ type: 7, ip }) as const),
        ],
      },
    ],
  });
  keep(region, 'server.crt', server.cert);
  keep(region, 'server.key', server.private);
  const toKubelet = await generate(
    [
      { name: 'commonName', value: 'kube-apiserver-kubelet-client' },
      { name: 'organizationName', value: 'system:masters' },
    ],
    { ...common, ca, extensions: [usage, { name: 'extKeyUsage', clientAuth: true }] },
  );
  keep(region, 'to-kubelet.crt', toKubelet.cert);
  keep(region, 'to-kubelet.key', toKubelet.private);
}

function keep(region: Region, name: string, content: string): void {
  writeFileSync(tlsPath(region, name), content, { mode: 0o600 });
}
