import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { connectCluster, type ClusterClient } from '../cluster/index.ts';
import { textAt } from '../json/index.ts';
import { probeCluster } from './probe-cluster.ts';
import { grantsFor } from './rights.ts';

interface Lives {
  version: string;
  groups: readonly string[];
  argo: readonly string[];
  /** Version of each controller by its name. */
  controllers: Readonly<Record<string, string>>;
  hasExecutorRole: boolean;
  /** Rights that Flow does not have there, as `verb resource`. */
  denied: ReadonlySet<string>;
}

const whole: Lives = {
  version: 'v1.37.2',
  groups: ['argoproj.io', 'kubevirt.io', 'metrics.k8s.io'],
  argo: ['workflows', 'rollouts', 'analysisruns'],
  controllers: { 'workflow-controller': 'v4.0.6', 'argo-rollouts': 'v1.10.1' },
  hasExecutorRole: true,
  denied: new Set(),
};
const both = ['pipelines', 'releases'] as const;
const open: { server: Server | null; client: ClusterClient | null } = { server: null, client: null };

afterEach(async () => {
  await open.client?.[Symbol.asyncDispose]();
  open.server?.closeAllConnections();
  open.server?.close();
});

/** A cluster that answers what it is, as far as a test asks. */
async function clusterWith(change: Partial<Lives> = {}): Promise<ClusterClient> {
  const lives = { ...whole, ...change };
  open.server = createServer((request, response) => {
    void answerOf(lives, request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
  });
  const { server } = open;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  open.client = connectCluster({ server: `http://127.0.0.1:${port}`, caPem: null, credential: { kind: 'token', token: 'abc' } });
  return open.client;
}

async function answerOf(lives: Lives, request: IncomingMessage): Promise<[number, unknown]> {
  const path = new URL(request.url ?? '/', 'http://cluster').pathname;
  const name = path.split('/').at(-1) ?? '';
  if (path === '/version') return [200, { major: '1', minor: '37', gitVersion: lives.version }];
  if (path === '/apis') return [200, { groups: lives.groups.map((group) => ({ name: group })) }];
  if (path === '/apis/argoproj.io/v1alpha1') return [200, { resources: lives.argo.map((resource) => ({ name: resource })) }];
  if (name === 'selfsubjectreviews') return [201, { status: { userInfo: { username: 'system:serviceaccount:flow-system:flow' } } }];
  if (name === 'selfsubjectaccessreviews') return [201, { status: { allowed: !lives.denied.has(await askedRight(request)) } }];
  if (path.includes('/deployments/')) return deployment(lives, name);
  if (path.includes('/clusterroles/')) return lives.hasExecutorRole ? [200, { metadata: { name } }] : [404, {}];
  return [404, {}];
}

async function askedRight(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  const at = (field: string): string => textAt(JSON.parse(text), 'spec', 'resourceAttributes', field);
  return [at('verb'), [at('resource'), at('subresource')].filter(Boolean).join('/'), at('name')].filter(Boolean).join(' ');
}

function deployment(lives: Lives, name: string): [number, unknown] {
  if (lives.denied.has('get deployments')) return [403, { kind: 'Status', reason: 'Forbidden' }];
  const version = lives.controllers[name];
  if (version === undefined) return [404, {}];
  const containers = [{ image: `quay.io/argoproj/${name}:${version}@sha256:${'0'.repeat(64)}` }];
  return [200, { metadata: { name }, spec: { template: { spec: { containers } } } }];
}

const stateOf = ({ checks }: Awaited<ReturnType<typeof probeCluster>>, subject: string) =>
  checks.find((check) => check.subject === subject);

describe('a test of a cluster', () => {
  test('that has everything finds nothing missing, and says what it found', async () => {
    const probe = await probeCluster(await clusterWith(), both);
    expect(probe.checks.map((check) => [check.subject, check.state])).toEqual([
      ['Kubernetes', 'met'],
      ['Argo Workflows', 'met'],
      ['Argo Rollouts', 'met'],
      ['Rights', 'met'],
      ['The role flow-workflow-executor', 'met'],
      ['Virtual machines', 'met'],
      ['Metrics', 'met'],
    ]);
    expect(probe).toMatchObject({ version: 'v1.37.2', account: 'system:serviceaccount:flow-system:flow' });
    expect(probe.offers).toEqual({ workflows: true, rollouts: true, virtualMachines: true, metrics: true });
  });

  test('that takes releases only does not ask for Workflows, nor for rights on them', async () => {
    const probe = await probeCluster(await clusterWith({ argo: ['rollouts', 'analysisruns'], denied: new Set(['get workflows']) }), [
      'releases',
    ]);
    expect(probe.checks.filter((check) => check.state === 'missing')).toEqual([]);
    expect(stateOf(probe, 'Argo Workflows')).toBeUndefined();
  });

  test('says of virtual machines and metrics that are not there that they are not, and calls nothing missing for it', async () => {
    const probe = await probeCluster(await clusterWith({ groups: ['argoproj.io'] }), both);
    expect([stateOf(probe, 'Virtual machines')?.state, stateOf(probe, 'Metrics')?.state]).toEqual(['absent', 'absent']);
  });

  const old = { controllers: { 'workflow-controller': 'v4.0.5', 'argo-rollouts': 'v1.10.1' } };
  test.each([
    [{ groups: [] }, ['Argo Workflows', /^it is not installed$/, /kubectl apply --server-side .*argo-workflows.*v4\.0\.6/]],
    [{ groups: [] }, ['Argo Rollouts', /^it is not installed$/, /kubectl apply --server-side .*argo-rollouts.*v1\.10\.1/]],
    [{ version: 'v1.30.9' }, ['Kubernetes', /v1\.30\.9, and Flow needs 1\.31\.0 or newer/, /kubectl version/]],
    [old, ['Argo Workflows', /v4\.0\.5, and Flow needs 4\.0\.6/, /v4\.0\.6/]],
    [{ hasExecutorRole: false }, ['The role flow-workflow-executor', /report/, /kubectl create clusterrole flow-workflow-executor/]],
  ] as const)('of %j finds what is missing, with the command that mends it', async (change, [subject, found, command]) => {
    const check = stateOf(await probeCluster(await clusterWith(change), both), subject);
    expect(check).toMatchObject({ state: 'missing', found: expect.stringMatching(found), command: expect.stringMatching(command) });
  });

  test('says that the version of an engine is not known where its Deployment is not found or must not be read', async () => {
    const elsewhere = await probeCluster(await clusterWith({ controllers: {} }), both);
    expect(stateOf(elsewhere, 'Argo Rollouts')).toMatchObject({
      state: 'notKnown',
      found: expect.stringContaining('needs 1.10.1 or newer'),
    });
    open.server?.close();
    const unread = await probeCluster(await clusterWith({ denied: new Set(['get deployments']) }), both);
    expect(stateOf(unread, 'Argo Workflows')?.state).toBe('notKnown');
    expect(stateOf(unread, 'The right to get deployments')?.state).toBe('missing');
  });

  const each = grantsFor(both).flatMap((grant) => grant.verbs.map((verb) => [verb, grant.resource, grant.name ?? ''] as const));
  test.each(each)('reports that the right to %s %s %s was taken away, and how to give it back', async (verb, resource, name) => {
    const probe = await probeCluster(await clusterWith({ denied: new Set([[verb, resource, name].filter(Boolean).join(' ')]) }), both);
    const missing = probe.checks.filter((check) => check.state === 'missing');
    expect(missing.map((check) => check.subject)).toEqual([`The right to ${verb} ${[resource, name].filter(Boolean).join(' ')}`]);
    expect(missing[0]?.command).toMatch(
      /^kubectl create clusterrole \S+ --verb=\S+ --resource=\S+.* && kubectl create clusterrolebinding .*--serviceaccount=flow-system:flow$/,
    );
  });
});
