import { stringify } from 'yaml';

/** A kubeconfig for one cluster: server, authority and token, and nothing that runs or reads anything. */
export function kubeconfigFor(cluster: { name: string; url: string; caPem: string; token: string }): string {
  const user = `${cluster.name}-admin`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: cluster.name, cluster: { server: cluster.url, 'certificate-authority-data': Buffer.from(cluster.caPem).toString('base64') } },
    ],
    users: [{ name: user, user: { token: cluster.token } }],
    contexts: [{ name: cluster.name, context: { cluster: cluster.name, user } }],
    'current-context': cluster.name,
  });
}
