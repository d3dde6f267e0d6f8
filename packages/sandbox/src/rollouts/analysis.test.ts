import { afterEach, expect, test } from 'vitest';
import { aRollout, aService, aTemplate, aTemplateOfErrorRate, createBench, NAMESPACE, record, type Bench } from './testing/bench.ts';

const ROLLOUTS = 'rollouts.argoproj.io';
const TEMPLATES = 'analysistemplates.argoproj.io';
let bench: Bench;

afterEach(async () => {
  expect(bench.logs).toEqual([]);
  await bench.stop();
});

const args = [
  { name: 'service', value: 'api' },
  { name: 'hash', valueFrom: { podTemplateHashValue: 'Latest' } },
];
const analysis = { templates: [{ templateName: 'errors' }], args };

/** A template of a version whose modelled pods fail that share of their requests. */
function failing(image: string, share: string) {
  const template = aTemplate(image);
  return { ...template, metadata: { labels: { app: 'api' }, annotations: { 'sandbox.flow.dev/error-rate': share } } };
}

async function deployed(canary: Record<string, unknown>, metric: Record<string, unknown> = {}): Promise<Bench> {
  bench = await createBench();
  bench.store.create('services', aService('api'));
  bench.store.create(TEMPLATES, aTemplateOfErrorRate(metric));
  bench.store.create(ROLLOUTS, aRollout({ strategy: { canary } }));
  await bench.clock.settle();
  await bench.clock.advance(60_000);
  return bench;
}

const stepAnalysis = { steps: [{ setWeight: 50 }, { pause: { duration: '10s' } }, { analysis }, { pause: {} }] };

test('a good release passes its analysis and waits at the next step', async () => {
  await deployed(stepAnalysis);
  await bench.patchSpec({ template: failing('v2', '0.01') });
  await bench.clock.advance(40_000);
  expect(bench.status()).toMatchObject({ phase: 'Paused', currentStepIndex: 3 });
  const [run] = bench.runs();
  const hash = String(bench.status()['currentPodHash']);
  expect(run?.metadata.name).toBe(`api-${hash}-2-2`);
  expect(run?.metadata.labels).toMatchObject({ 'rollouts-pod-template-hash': hash, 'rollout-type': 'Step', 'step-index': '2', app: 'api' });
  expect(run?.['status']).toMatchObject({ phase: 'Successful', runSummary: { count: 1, successful: 1 } });
  expect(record(bench.status()['canary'])['currentStepAnalysisRunStatus']).toBeUndefined();
});

test('a bad release fails its analysis, is aborted, and the message says why', async () => {
  await deployed(stepAnalysis);
  await bench.patchSpec({ template: failing('v2', '0.5') });
  await bench.clock.advance(15_000);
  expect(bench.status()).toMatchObject({
    phase: 'Degraded',
    abort: true,
    message:
      'RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric "error-rate" assessed Failed due to failed (1) > failureLimit (0)',
  });
  expect(bench.sets()).toMatchObject([{ replicas: 4 }, { replicas: 0 }]);
  expect(bench.runs()[0]?.['status']).toMatchObject({
    phase: 'Failed',
    message: 'Metric "error-rate" assessed Failed due to failed (1) > failureLimit (0)',
    metricResults: [{ name: 'error-rate', phase: 'Failed', failed: 1, count: 1, measurements: [{ phase: 'Failed', value: '0.5' }] }],
  });
});

test('a retry after a failed analysis measures in a new run', async () => {
  await deployed(stepAnalysis);
  await bench.patchSpec({ template: failing('v2', '0.5') });
  await bench.clock.advance(15_000);
  await bench.patchStatus({ abort: false });
  await bench.clock.advance(15_000);
  const hash = String(bench.status()['currentPodHash']);
  expect(bench.runs().map((run) => run.metadata.name)).toEqual([`api-${hash}-2-2`, `api-${hash}-2-2.1`]);
  expect(bench.status()['abort']).toBe(true);
});

test('background analysis begins at its starting step and ends with the update', async () => {
  const canary = {
    analysis: { ...analysis, startingStep: 2 },
    steps: [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }],
  };
  await deployed(canary, { count: null });
  await bench.patchSpec({ template: failing('v2', '0') });
  await bench.clock.advance(5_000);
  expect(bench.runs()).toEqual([]);
  await bench.patchStatus({ pauseConditions: null });
  await bench.clock.advance(25_000);
  expect(bench.runs()[0]?.metadata.labels?.['rollout-type']).toBe('Background');
  expect(record(bench.status()['canary'])['currentBackgroundAnalysisRunStatus']).toMatchObject({ status: 'Running' });
  await bench.patchStatus({ pauseConditions: null });
  await bench.clock.advance(5_000);
  expect(bench.status()['phase']).toBe('Healthy');
  expect(bench.runs()[0]?.['status']).toMatchObject({ phase: 'Successful', message: 'Run Terminated' });
});

test('background analysis that turns bad aborts the update at any step', async () => {
  await deployed({ analysis, steps: [{ setWeight: 25 }, { pause: {} }] });
  await bench.patchSpec({ template: failing('v2', '0.4') });
  await bench.clock.advance(20_000);
  expect(bench.status()['message']).toMatch(
    /^RolloutAborted: .* Background analysis phase error\/failed: Metric "error-rate" assessed Failed/,
  );
});

test('neither success nor failure pauses for a person, whose promotion goes on', async () => {
  await deployed(stepAnalysis, { successCondition: 'result < 0.1', failureCondition: 'result > 0.9' });
  await bench.patchSpec({ template: failing('v2', '0.5') });
  await bench.clock.advance(15_000);
  expect(bench.status()).toMatchObject({ phase: 'Paused', message: 'InconclusiveAnalysisRun', currentStepIndex: 2 });
  await bench.patchStatus({ pauseConditions: null, controllerPause: false, currentStepIndex: 3 });
  expect(bench.status()).toMatchObject({ phase: 'Paused', message: 'CanaryPauseStep', currentStepIndex: 3 });
});

test('measurements that cannot be made are tried again every 10 seconds and abort after five', async () => {
  await deployed(stepAnalysis, { provider: { web: { url: 'http://nobody.shop.svc/health' } } });
  await bench.patchSpec({ template: failing('v2', '0') });
  await bench.clock.advance(30_000);
  expect(bench.runs()[0]?.['status']).toMatchObject({ phase: 'Running', metricResults: [{ error: 3 }] });
  await bench.clock.advance(30_000);
  expect(bench.runs()[0]?.['status']).toMatchObject({
    phase: 'Error',
    message:
      'Metric "error-rate" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "Error Message: dial tcp: lookup nobody.shop.svc: no such host"',
  });
  expect(bench.status()['abort']).toBe(true);
});

test('hosts outside of the machine are refused by name', async () => {
  await deployed(stepAnalysis, { provider: { web: { url: 'http://prometheus.example.com/api' } } });
  await bench.patchSpec({ template: failing('v2', '0') });
  await bench.clock.advance(15_000);
  const [result] = Object.values(record(record(bench.runs()[0]?.['status'])['metricResults']));
  expect(JSON.stringify(result)).toContain('the sandbox cannot reach prometheus.example.com');
});

test('a template that is not there makes the spec invalid and names it', async () => {
  bench = await createBench();
  bench.store.create(ROLLOUTS, aRollout({ strategy: { canary: stepAnalysis } }));
  await bench.clock.settle();
  expect(bench.status()['message']).toContain("AnalysisTemplate 'errors' not found");
  bench.store.create(TEMPLATES, aTemplateOfErrorRate());
  await bench.clock.settle();
  expect(bench.status()['phase']).toBe('Healthy');
});

test('skipping a running analysis step ends its run', async () => {
  await deployed(stepAnalysis, { count: 30 });
  await bench.patchSpec({ template: failing('v2', '0') });
  await bench.clock.advance(15_000);
  await bench.patchStatus({ currentStepIndex: 3 });
  expect(bench.runs()[0]?.['spec']).toMatchObject({ terminate: true });
  expect(bench.runs()[0]?.['status']).toMatchObject({ phase: 'Successful' });
  expect(bench.status()).toMatchObject({ currentStepIndex: 3 });
});

test('a job metric follows its Job and is ended with the run', async () => {
  const job = { spec: { backoffLimit: 0, template: { spec: { containers: [{ name: 'check', image: 'check' }] } } } };
  await deployed(stepAnalysis, { interval: null, count: null, successCondition: null, provider: { job } });
  await bench.patchSpec({ template: failing('v2', '0') });
  await bench.clock.advance(15_000);
  const [made] = bench.store.list('jobs.batch', NAMESPACE);
  expect(made?.metadata.ownerReferences?.[0]?.kind).toBe('AnalysisRun');
  expect(bench.runs()[0]?.['status']).toMatchObject({ phase: 'Running' });
  await bench.endPod((pod) => pod.metadata.labels?.['job-name'] === made?.metadata.name, 'Failed');
  expect(made && bench.get('jobs.batch', made.metadata.name)['status']).toMatchObject({
    failed: 1,
    conditions: [{ type: 'Failed', reason: 'BackoffLimitExceeded' }],
  });
  expect(bench.runs()[0]?.['status']).toMatchObject({ phase: 'Failed' });
  expect(bench.status()['abort']).toBe(true);
});
