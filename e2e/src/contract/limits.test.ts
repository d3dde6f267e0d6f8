import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openEngine, type Engine } from './engine/engine.ts';
import { callApi } from './kubernetes/call-api.ts';
import { unattendedRollout } from './kubernetes/objects.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

declare module 'vitest' {
  interface TaskMeta {
    /** For the table in docs/sandbox.md: whether this engine takes what the case is named after. */
    limit?: { taken: boolean; why: string };
  }
}

const container = { image: 'busybox:local', command: ['true'] };
const workflow = (template: Record<string, unknown>, spec: Record<string, unknown> = {}) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Workflow',
  metadata: { name: 'limit' },
  spec: { entrypoint: 'main', templates: [{ name: 'main', container, ...template }], ...spec },
});
const withoutContainer = (template: Record<string, unknown>) => ({
  ...workflow({}),
  spec: { entrypoint: 'main', templates: [{ name: 'main', ...template }] },
});
const rollout = (canary: Record<string, unknown>) => {
  const object = unattendedRollout('limit');
  return { ...object, spec: { ...object.spec, strategy: { canary } } };
};
const analysis = (provider: Record<string, unknown>) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AnalysisTemplate',
  metadata: { name: 'limit' },
  spec: { metrics: [{ name: 'a', successCondition: 'result < 1', provider }] },
});
const cron = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'CronWorkflow',
  metadata: { name: 'limit' },
  spec: { schedules: ['0 0 * * *'], workflowSpec: workflow({}).spec },
};

const artifact = { name: 'file', path: '/tmp/file' };

/** What a Kubernetes with Argo offers and Flow does not need. An engine takes it, or says by name that it does not and what to do instead. */
const offers: readonly [what: string, plural: string, object: object][] = [
  ['Workflow: artifacts', 'workflows', workflow({ outputs: { artifacts: [artifact] } })],
  ['Workflow: sidecars', 'workflows', workflow({ sidecars: [{ name: 'beside', ...container }] })],
  ['Workflow: daemon steps', 'workflows', workflow({ daemon: true })],
  ['Workflow: init containers', 'workflows', workflow({ initContainers: [{ name: 'before', ...container }] })],
  ['Workflow: memoized steps', 'workflows', workflow({ memoize: { key: 'a', maxAge: '1h', cache: { configMap: { name: 'c' } } } })],
  ['Workflow: mutexes and semaphores', 'workflows', workflow({ synchronization: { mutexes: [{ name: 'm' }] } })],
  ['Workflow: patches of the pod', 'workflows', workflow({ podSpecPatch: '{}' })],
  ['Workflow: metrics', 'workflows', workflow({}, { metrics: { prometheus: [{ name: 'm', help: 'h', counter: { value: '1' } }] } })],
  [
    'Workflow: hooks of a step',
    'workflows',
    withoutContainer({ steps: [[{ name: 'a', template: 'main', hooks: { exit: { template: 'main' } } }]] }),
  ],
  ['Workflow: expressions in {{=…}}', 'workflows', workflow({ container: { ...container, args: ['{{=1+1}}'] } })],
  [
    'Workflow: templates of another object',
    'workflows',
    withoutContainer({ steps: [[{ name: 'a', templateRef: { name: 't', template: 'm' } }]] }),
  ],
  ['Workflow: requests as a step', 'workflows', withoutContainer({ http: { url: 'http://127.0.0.1' } })],
  ['Workflow: objects of Kubernetes as a step', 'workflows', withoutContainer({ resource: { action: 'get', manifest: '{}' } })],
  [
    'Workflow: several containers in a step',
    'workflows',
    withoutContainer({ containerSet: { containers: [{ name: 'main', ...container }] } }),
  ],
  ['CronWorkflow', 'cronworkflows', cron],
  [
    'Rollout: traffic routers',
    'rollouts',
    rollout({ canaryService: 'c', stableService: 's', trafficRouting: { nginx: { stableIngress: 'i' } } }),
  ],
  ['Rollout: the size of the canary apart from its weight', 'rollouts', rollout({ steps: [{ setCanaryScale: { replicas: 1 } }] })],
  ['Rollout: labels of canary pods', 'rollouts', rollout({ canaryMetadata: { labels: { a: 'b' } } })],
  [
    'Rollout: templates of a Deployment',
    'rollouts',
    { ...rollout({}), spec: { strategy: { canary: {} }, workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' } } },
  ],
  ['Analysis: Prometheus', 'analysistemplates', analysis({ prometheus: { address: 'http://127.0.0.1', query: 'up' } })],
  ['Analysis: Datadog', 'analysistemplates', analysis({ datadog: { query: 'up' } })],
  ['Analysis: web', 'analysistemplates', analysis({ web: { url: 'http://127.0.0.1', jsonPath: '{$.a}' } })],
  [
    'Analysis: job',
    'analysistemplates',
    analysis({ job: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', ...container }] } } } } }),
  ],
];

describe('an engine takes it, or says that it does not', () => {
  test.for(offers)('%s', async ([_what, plural, object], { task }) => {
    const path = `/apis/argoproj.io/v1alpha1/namespaces/${engine.namespace}/${plural}?dryRun=All`;
    const { status, body } = await callApi(engine.adminConnection, { method: 'POST', path, body: object });
    const why = status === 201 ? '' : z.string().parse(body['message']);
    task.meta.limit = { taken: status === 201, why };
    expect(status === 201 || why.includes('the sandbox'), `${status} ${why}`).toBe(true);
  });
});
