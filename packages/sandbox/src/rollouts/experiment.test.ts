import { afterEach, expect, test } from 'vitest';
import { aRollout, aService, aTemplate, aTemplateOfErrorRate, createBench, NAMESPACE, record, type Bench } from './testing/bench.ts';

const ROLLOUTS = 'rollouts.argoproj.io';
const EXPERIMENTS = 'experiments.argoproj.io';
let bench: Bench;

afterEach(async () => {
  expect(bench.logs).toEqual([]);
  await bench.stop();
});

const templates = [
  { name: 'baseline', specRef: 'stable', replicas: 1 },
  { name: 'canary', specRef: 'canary', replicas: 1 },
];

async function atExperiment(experiment: Record<string, unknown>, errorRate = '0'): Promise<void> {
  bench = await createBench();
  bench.store.create('services', aService('api'));
  bench.store.create('analysistemplates.argoproj.io', aTemplateOfErrorRate());
  bench.store.create(
    ROLLOUTS,
    aRollout({ strategy: { canary: { steps: [{ experiment: { templates, ...experiment } }, { setWeight: 25 }, { pause: {} }] } } }),
  );
  await bench.clock.settle();
  await bench.clock.advance(60_000);
  const template = { ...aTemplate('v2'), metadata: { labels: { app: 'api' }, annotations: { 'sandbox.flow.dev/error-rate': errorRate } } };
  await bench.patchSpec({ template });
}

test('an experiment step runs pods of both templates for its duration, then the canary goes on', async () => {
  await atExperiment({ duration: '30s' });
  const [experiment] = bench.store.list(EXPERIMENTS, NAMESPACE);
  expect(experiment?.metadata.name).toBe(`api-${String(bench.status()['currentPodHash'])}-2-0`);
  expect(record(bench.status()['canary'])['currentExperiment']).toBe(experiment?.metadata.name);
  const made = bench.store
    .list('replicasets.apps', NAMESPACE)
    .filter((set) => set.metadata.name.endsWith('-baseline') || set.metadata.name.endsWith('-canary'));
  expect(made.map((set) => record(set['status'])['availableReplicas'])).toEqual([1, 1]);
  expect(bench.status()['currentStepIndex']).toBe(0);
  await bench.clock.advance(31_000);
  expect(bench.status()).toMatchObject({ phase: 'Paused', currentStepIndex: 2 });
  expect(bench.store.list(EXPERIMENTS, NAMESPACE)[0]?.['status']).toMatchObject({ phase: 'Successful' });
  expect(bench.store.list('pods', NAMESPACE)).toHaveLength(4);
});

const analyses = [
  {
    name: 'errors',
    templateName: 'errors',
    args: [
      { name: 'service', value: 'api' },
      { name: 'hash', value: '{{templates.canary.podTemplateHash}}' },
    ],
  },
];

test('an analysis that fails ends the experiment and aborts the update', async () => {
  await atExperiment({ duration: '5m', analyses }, '0.6');
  await bench.clock.advance(20_000);
  expect(bench.store.list(EXPERIMENTS, NAMESPACE)[0]?.['status']).toMatchObject({ phase: 'Failed' });
  expect(bench.status()).toMatchObject({ phase: 'Degraded', abort: true });
  expect(bench.status()['message']).toContain('Experiment analysis phase is error/failed');
  expect(bench.store.list('pods', NAMESPACE)).toHaveLength(4);
});

test('a required analysis that passes ends the experiment well before its duration', async () => {
  await atExperiment({ duration: '10m', analyses: analyses.map((analysis) => ({ ...analysis, requiredForCompletion: true })) });
  await bench.clock.advance(40_000);
  expect(bench.status()).toMatchObject({ phase: 'Paused', currentStepIndex: 2 });
});

test('an abort ends the experiment that is under way', async () => {
  await atExperiment({ duration: '10m' });
  await bench.patchStatus({ abort: true });
  expect(bench.store.list(EXPERIMENTS, NAMESPACE)[0]).toMatchObject({ spec: { terminate: true }, status: { phase: 'Successful' } });
  expect(bench.store.list('pods', NAMESPACE)).toHaveLength(4);
});
