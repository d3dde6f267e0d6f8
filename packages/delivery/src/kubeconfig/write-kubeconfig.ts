import type { ClusterConnection } from './connection.ts';

/** The kubeconfig (as JSON, which is YAML) that is handed to helm: only what the connection holds, one cluster, one user, one context. */
export function writeKubeconfig(connection: ClusterConnection): string {
  const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  const { credential } = connection;
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'target',
        cluster: {
          server: connection.server,
          ...(connection.caPem === null ? {} : { 'certificate-authority-data': base64(connection.caPem) }),
        },
      },
    ],
    users: [
      {
        name: 'flow',
        user:
          credential.kind === 'token'
            ? { token: credential.token }
            : { 'client-certificate-data': base64(credential.certPem), 'client-key-data': base64(credential.keyPem) },
      },
    ],
    contexts: [{ name: 'flow@target', context: { cluster: 'target', user: 'flow' } }],
    'current-context': 'flow@target',
  });
}
