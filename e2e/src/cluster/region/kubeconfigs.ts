import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { stringify } from 'yaml';

/** Writes one kubeconfig with a context for each region, named as the region; the first one is the current one. */
export function writeContexts(path: string, connections: ReadonlyMap<string, ClusterConnection>): void {
  const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  const entries = [...connections];
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entries.map(([name, { server, caPem }]) => ({
      name,
      cluster: { server, ...(caPem === null ? {} : { 'certificate-authority-data': base64(caPem) }) },
    })),
    users: entries.map(([name, { credential }]) => ({
      name,
      user:
        credential.kind === 'token'
          ? { token: credential.token }
          : { 'client-certificate-data': base64(credential.certPem), 'client-key-data': base64(credential.keyPem) },
    })),
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    'current-context': entries[0]?.[0] ?? '',
  };
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.next`, stringify(content), { mode: 0o600 });
  renameSync(`${path}.next`, path);
}
