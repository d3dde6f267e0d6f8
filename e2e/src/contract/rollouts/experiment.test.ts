import { textAt } from '@flow/delivery/json';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { eventually } from '../eventually.ts';
import { madeBy, makeAnalysisTemplate, makeRollout, release } from './a-rollout.ts';
import { openMeasurements, type Measurements } from './measurements.ts';
import { isHealthy, rolloutAt } from './watch-rollout.ts';

let engine: Engine;
let measurements: Measurements;
beforeAll(async () => {
  engine = await openEngine();
  measurements = await openMeasurements();
});
afterAll(async () => {
  await measurements[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

const templates = [
  { name: 'before', specRef: 'stable', replicas: 1 },
  { name: 'after', specRef: 'canary', replicas: 1 },
];

async function atExperiment(name: string, experiment: Record<string, unknown>): Promise<void> {
  const steps = [{ experiment: { templates, ...experiment } }, { setWeight: 25 }, { pause: {} }];
  await makeRollout(engine, name, { strategy: { canary: { steps } } });
  await rolloutAt(engine, name, isHealthy);
  await release(engine, name, 'v2');
}

async function experimentOf(name: string) {
  const [experiment] = await madeBy(engine, name, 'experiments');
  return experiment;
}

test('an experiment runs pods of both versions for its time, then the canary goes on', async () => {
  await atExperiment('compared', { duration: '5s' });
  const running = await eventually('the experiment runs', async () => {
    const experiment = await experimentOf('compared');
    return textAt(experiment, 'status', 'phase') === 'Running' && experiment;
  });
  const { currentPodHash } = await rolloutAt(engine, 'compared', ({ stepIndex }) => stepIndex === 0);
  expect(running.metadata.name).toBe(`compared-${currentPodHash}-2-0`);
  const sets = (await madeBy(engine, 'compared', 'replicaSets')).map((set) => set.metadata.name);
  expect(sets.filter((set) => set.startsWith(`${running.metadata.name}-`)).toSorted()).toEqual([
    `${running.metadata.name}-after`,
    `${running.metadata.name}-before`,
  ]);
  await rolloutAt(engine, 'compared', ({ phase, stepIndex }) => phase === 'Paused' && stepIndex === 2);
  expect(textAt(await experimentOf('compared'), 'status', 'phase')).toBe('Successful');
});

test('an experiment whose analysis fails ends, and aborts the canary', async () => {
  const provider = { web: { url: measurements.address('bad'), jsonPath: '{$.errorRate}' } };
  await makeAnalysisTemplate(engine, 'disproved', { successCondition: 'result <= 0.05', provider });
  await atExperiment('disproved', { duration: '5m', analyses: [{ name: 'errors', templateName: 'disproved' }] });
  const view = await rolloutAt(engine, 'disproved', ({ phase, aborted }) => aborted && phase === 'Degraded');
  expect(view.message).toMatch(/^RolloutAborted: Rollout aborted update to revision 2/);
  expect(textAt(await experimentOf('disproved'), 'status', 'phase')).toBe('Failed');
});
