import type { RolloutView } from '@flow/core/rollout';
import { kinds } from '@flow/delivery/cluster';
import { projectAnalysisRun, promote } from '@flow/delivery/rollouts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

type Path = Parameters<Measurements['address']>[0];
const web = (path: Path) => ({ web: { url: measurements.address(path), jsonPath: '{$.errorRate}' } });

/** A Rollout whose second version meets an analysis of this metric, as a step or in the background. */
async function analysed(name: string, metric: Record<string, unknown>, where: 'step' | 'background' = 'step'): Promise<void> {
  await makeAnalysisTemplate(engine, name, metric);
  const analysis = { templates: [{ templateName: name }] };
  const canary =
    where === 'step'
      ? { steps: [{ setWeight: 25 }, { analysis }, { setWeight: 50 }, { pause: {} }] }
      : { analysis: { ...analysis, startingStep: 1 }, steps: [{ setWeight: 25 }, { pause: { duration: '30m' } }, { pause: {} }] };
  await makeRollout(engine, name, { strategy: { canary } });
  await rolloutAt(engine, name, isHealthy);
  await release(engine, name, 'v2');
}

async function runsOf(name: string) {
  const objects = await madeBy(engine, name, 'analysisRuns');
  return objects.map((object) => ({ object, view: projectAnalysisRun(object) }));
}

const isAborted = (view: RolloutView) => view.aborted && view.phase === 'Degraded';

describe('an analysis of a step', () => {
  test('that passes lets the canary go on, and is named after the Rollout, its revision and its step', async () => {
    await analysed('passing', { count: 2, interval: '1s', successCondition: 'result <= 0.05', provider: web('good') });
    const view = await rolloutAt(engine, 'passing', ({ phase, stepIndex }) => phase === 'Paused' && stepIndex === 3);
    const [run] = await runsOf('passing');
    expect(run?.object.metadata).toMatchObject({
      name: `passing-${view.currentPodHash}-2-1`,
      labels: { 'rollouts-pod-template-hash': view.currentPodHash, 'rollout-type': 'Step', 'step-index': '1' },
    });
    expect(run?.view).toMatchObject({
      kind: 'step',
      stepIndex: 1,
      phase: 'Successful',
      metrics: [
        {
          name: 'error-rate',
          phase: 'Successful',
          limit: 0.05,
          failed: 0,
          measurements: [
            { value: 0, phase: 'Successful' },
            { value: 0, phase: 'Successful' },
          ],
        },
      ],
    });
  });

  test('that fails aborts the canary, and the message says which metric and why', async () => {
    await analysed('failing', { count: 3, interval: '1s', failureLimit: 1, successCondition: 'result <= 0.05', provider: web('bad') });
    const view = await rolloutAt(engine, 'failing', isAborted);
    expect(view.message).toBe(
      'RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric "error-rate" assessed Failed due to failed (2) > failureLimit (1)',
    );
    const [run] = await runsOf('failing');
    expect(run?.view).toMatchObject({
      phase: 'Failed',
      metrics: [{ phase: 'Failed', failed: 2, measurements: [{ value: 0.5 }, { value: 0.5 }] }],
    });
    expect(run?.view.message).toBe('Metric "error-rate" assessed Failed due to failed (2) > failureLimit (1)');
  });

  test('that is neither good nor bad stops the canary until a person decides', async () => {
    await analysed('unsure', { successCondition: 'result <= 0.05', failureCondition: 'result > 0.9', provider: web('bad') });
    const view = await rolloutAt(engine, 'unsure', ({ pause }) => pause?.reason === 'InconclusiveAnalysisRun');
    expect(view).toMatchObject({ phase: 'Paused', stepIndex: 1, aborted: false, message: 'InconclusiveAnalysisRun' });
    expect((await runsOf('unsure'))[0]?.view.phase).toBe('Inconclusive');
    const guard = { uid: view.uid, podHash: view.currentPodHash, stepIndex: 1, pauseStartedAt: view.pause?.startedAt };
    expect(await promote(engine.client, { namespace: engine.namespace, name: 'unsure' }, guard)).toEqual({ outcome: 'done' });
    await rolloutAt(engine, 'unsure', ({ phase, stepIndex }) => phase === 'Paused' && stepIndex === 3);
  });

  test('whose measurements cannot be had ends in error and aborts the canary', async () => {
    await analysed('erring', { consecutiveErrorLimit: 0, successCondition: 'result <= 0.05', provider: web('broken') });
    const view = await rolloutAt(engine, 'erring', isAborted);
    expect(view.message).toBe(
      'RolloutAborted: Rollout aborted update to revision 2: Step-based analysis phase error/failed: Metric "error-rate" assessed Error due to consecutiveErrors (1) > consecutiveErrorLimit (0): "Error Message: received non 2xx response code: 500"',
    );
    const [run] = await runsOf('erring');
    expect(run?.view).toMatchObject({ phase: 'Error', metrics: [{ phase: 'Error', measurements: [{ phase: 'Error' }] }] });
  });

  test('with a condition that cannot be judged ends in error too', async () => {
    await analysed('odd', { consecutiveErrorLimit: 0, successCondition: 'result.nothing.here > 1', provider: web('good') });
    await rolloutAt(engine, 'odd', isAborted);
    expect((await runsOf('odd'))[0]?.view.phase).toBe('Error');
  });
});

describe('an analysis in the background', () => {
  test('runs beside the steps from the one that it begins at, and aborts the canary when it fails', async () => {
    await analysed('beside', { interval: '1s', failureLimit: 1, successCondition: 'result <= 0.05', provider: web('bad') }, 'background');
    const view = await rolloutAt(engine, 'beside', isAborted);
    expect(view.message).toBe(
      'RolloutAborted: Rollout aborted update to revision 2: Background analysis phase error/failed: Metric "error-rate" assessed Failed due to failed (2) > failureLimit (1)',
    );
    const [run] = await runsOf('beside');
    expect(run?.object.metadata.name).toBe(`beside-${view.currentPodHash}-2`);
    expect(run?.view).toMatchObject({ kind: 'background', stepIndex: null, phase: 'Failed' });
  });

  test('is ended as successful when the canary ends before it', async () => {
    await analysed('ending', { interval: '1s', successCondition: 'result <= 0.05', provider: web('good') }, 'background');
    await eventually('it measures', async () => ((await runsOf('ending'))[0]?.view.metrics[0]?.measurements.length ?? 0) > 1);
    await release(engine, 'ending', 'v1');
    await rolloutAt(engine, 'ending', isHealthy);
    const run = await eventually('it has ended', async () => {
      const [found] = await runsOf('ending');
      return found?.view.phase !== 'Running' && found;
    });
    expect(run.view.phase).toBe('Successful');
  });
});

test('a metric of a dry run never decides', async () => {
  await makeAnalysisTemplate(engine, 'dry', { successCondition: 'result <= 0.05', provider: web('bad') });
  const analysis = { templates: [{ templateName: 'dry' }], dryRun: [{ metricName: 'error-rate' }] };
  await makeRollout(engine, 'dry', { strategy: { canary: { steps: [{ setWeight: 25 }, { analysis }, { pause: {} }] } } });
  await rolloutAt(engine, 'dry', isHealthy);
  await release(engine, 'dry', 'v2');
  await rolloutAt(engine, 'dry', ({ phase, stepIndex }) => phase === 'Paused' && stepIndex === 2);
  expect((await runsOf('dry'))[0]?.view.phase).toBe('Successful');
});

test('a template that is not there is told at the Rollout, and the canary does not begin', async () => {
  const analysis = { templates: [{ templateName: 'nowhere' }] };
  await makeRollout(engine, 'lost', { strategy: { canary: { steps: [{ setWeight: 25 }, { analysis }] } } });
  const view = await rolloutAt(engine, 'lost', ({ phase }) => phase === 'Degraded');
  expect(view.message).toMatch(/^InvalidSpec: .*AnalysisTemplate 'nowhere' not found/);
});

test('a run that is told to end is successful when nothing was bad', async () => {
  await analysed('told', { interval: '1s', count: 1000, successCondition: 'result <= 0.05', provider: web('good') });
  const run = await eventually('it measures', async () => {
    const [found] = await runsOf('told');
    return (found?.view.metrics[0]?.measurements.length ?? 0) > 1 && found;
  });
  const { name } = run.object.metadata;
  await engine.admin.patch(
    { kind: kinds.analysisRuns, namespace: engine.namespace, name },
    { type: 'merge', body: { spec: { terminate: true } } },
  );
  await rolloutAt(engine, 'told', ({ phase, stepIndex }) => phase === 'Paused' && stepIndex === 3);
  expect((await runsOf('told'))[0]?.view.phase).toBe('Successful');
});
