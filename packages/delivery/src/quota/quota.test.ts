import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { connectCluster } from '../cluster/index.ts';
import { podNeedsOf } from './pod-needs.ts';
import { readQuotas } from './read-quotas.ts';

const pod =
  'template: { spec: { containers: [{ name: app, resources: { requests: { cpu: 100m, memory: 64Mi }, limits: { memory: 128Mi } } }] } }';
const mi = 1_024 ** 2;

test('the pods of a Rollout need what they say, and a quarter of them, rounded up, runs besides while one takes over', () => {
  expect(podNeedsOf(`kind: Rollout\nspec:\n  replicas: 5\n  ${pod}\n`)).toEqual({
    steady: { 'requests.cpu': 500, 'requests.memory': 320 * mi, 'limits.memory': 640 * mi, pods: 5 },
    surge: { 'requests.cpu': 200, 'requests.memory': 128 * mi, 'limits.memory': 256 * mi, pods: 2 },
  });
});

test.each([
  ['Rollout', 'canary: { maxSurge: 1 }', 1],
  ['Rollout', 'canary: { maxSurge: 50%, trafficRouting: { nginx: {} } }', 4],
  ['Rollout', 'blueGreen: { activeService: shop }', 4],
  ['Deployment', 'rollingUpdate: { maxSurge: 50% }', 2],
  ['Deployment', 'type: Recreate', 0],
  ['StatefulSet', '', 0],
])('of a %s with %s so many run besides', (kind, strategy, surge) => {
  expect(podNeedsOf(`kind: ${kind}\nspec:\n  replicas: 4\n  strategy: { ${strategy} }\n  ${pod}\n`).surge['pods']).toBe(surge);
});

test('a pod needs the most of its containers together and of each that runs before them', () => {
  const manifest = `kind: Deployment
spec:
  template:
    spec:
      initContainers: [{ name: first, resources: { requests: { cpu: 500m } } }]
      containers:
        - { name: a, resources: { requests: { cpu: 100m } } }
        - { name: b, resources: { requests: { cpu: 100m } } }
`;
  expect(podNeedsOf(manifest).steady).toEqual({ 'requests.cpu': 500, pods: 1 });
  expect(podNeedsOf('kind: ConfigMap\n')).toEqual({ steady: {}, surge: {} });
});

test('a quota leaves its limit less what is used; one that does not count the pods of services is passed over', async () => {
  const quota = (name: string, spec: object, used: object = {}) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name, namespace: 'shop', uid: name, resourceVersion: '1' },
    spec,
    status: { used },
  });
  const items = [
    quota('team', { hard: { 'requests.cpu': '2', pods: '10' } }, { 'requests.cpu': '1500m', pods: '4' }),
    quota('new', { hard: { pods: '3' }, scopes: ['NotTerminating'] }),
    quota('batch', { hard: { pods: '0' }, scopes: ['Terminating'] }),
    quota('low', { hard: { pods: '0' }, scopeSelector: { matchExpressions: [] } }),
  ];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(new URL(request.url ?? '/', 'http://loopback').pathname);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const connection = { server: `http://127.0.0.1:${port}`, caPem: null, credential: { kind: 'token', token: 'x' } } as const;
  await using client = connectCluster(connection);
  await expect(readQuotas(client, 'shop')).resolves.toEqual([
    { name: 'team', left: { 'requests.cpu': 500, pods: 6 } },
    { name: 'new', left: { pods: 3 } },
  ]);
  expect(paths).toEqual(['/api/v1/namespaces/shop/resourcequotas']);
  server.closeAllConnections();
  server.close();
});
