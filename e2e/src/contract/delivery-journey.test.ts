import type { AnalysisView, RolloutView } from '@flow/core/rollout';
import type { WorkflowView } from '@flow/core/workflow';
import { systemClock } from '@flow/delivery/clock';
import { kinds, type ResourceKind } from '@flow/delivery/cluster';
import { reflect } from '@flow/delivery/reflector';
import { abort, projectAnalysisRun, projectRollout, promote } from '@flow/delivery/rollouts';
import { gateNodeId, projectWorkflow, settleGate } from '@flow/delivery/workflows';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from './engine/engine.ts';
import { eventually } from './eventually.ts';
import { openReleases, type Releases } from './helm/release-chart.ts';
import { openMeasurements, type Measurements } from './rollouts/measurements.ts';
import { isHealthy } from './rollouts/watch-rollout.ts';
import { aStep, compiled, start } from './workflows/run-workflow.ts';

let engine: Engine;
let releases: Releases;
let measurements: Measurements;
const stop = new AbortController();
const rollouts = new Map<string, RolloutView>();
const analyses = new Map<string, AnalysisView>();
const workflows = new Map<string, WorkflowView>();
const following: Promise<void>[] = [];

beforeAll(async () => {
  engine = await openEngine();
  releases = await openReleases(engine);
  measurements = await openMeasurements();
  following.push(
    follow(kinds.rollouts, projectRollout, rollouts),
    follow(kinds.workflows, projectWorkflow, workflows),
    follow(kinds.analysisRuns, projectAnalysisRun, analyses),
  );
});
afterAll(async () => {
  stop.abort();
  await Promise.all(following);
  await measurements[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

function follow<View>(resource: ResourceKind, project: (object: unknown) => View, into: Map<string, View>): Promise<void> {
  return reflect({
    client: engine.client,
    resource,
    project,
    onChange: (changes) => {
      for (const change of changes.filter(({ namespace }) => namespace === engine.namespace)) {
        if (change.type === 'put') into.set(change.name, change.view);
        else into.delete(change.name);
      }
    },
    onSynced: () => undefined,
    onHealth: () => undefined,
    clock: systemClock,
    random: Math.random,
    signal: stop.signal,
  });
}

const rolloutAt = (name: string, is: (view: RolloutView) => boolean) =>
  eventually(`Rollout ${name}: ${is.toString()}`, () => {
    const view = rollouts.get(name);
    return Promise.resolve(view !== undefined && is(view) && view);
  });

describe('a canary', () => {
  test('goes from helm through its pause and a promote to healthy', async () => {
    await releases.deploy('good', 'd-1');
    await rolloutAt('good', (view) => isHealthy(view) && view.deploymentId === 'd-1');
    await releases.deploy('good', 'd-2');
    const paused = await rolloutAt('good', (view) => view.phase === 'Paused' && view.deploymentId === 'd-2');
    expect(paused).toMatchObject({ stepIndex: 1, canaryWeight: 50 });
    const guard = { uid: paused.uid, podHash: paused.currentPodHash, stepIndex: 1, pauseStartedAt: paused.pause?.startedAt };
    expect(await promote(engine.client, { namespace: engine.namespace, name: 'good' }, guard)).toEqual({ outcome: 'done' });
    const healthy = await rolloutAt('good', (view) => isHealthy(view) && view.deploymentId === 'd-2');
    expect(healthy.canaryWeight).toBe(100);
  });

  test('that is aborted gives its traffic back, and a rollback makes it healthy again', async () => {
    await releases.deploy('bad', 'd-1');
    await rolloutAt('bad', isHealthy);
    await releases.deploy('bad', 'd-2');
    const paused = await rolloutAt('bad', (view) => view.phase === 'Paused' && view.deploymentId === 'd-2');
    const ref = { namespace: engine.namespace, name: 'bad' };
    expect(await abort(engine.client, ref, { uid: paused.uid, podHash: paused.currentPodHash })).toEqual({ outcome: 'done' });
    await rolloutAt('bad', (view) => view.aborted && view.phase === 'Degraded' && view.canaryWeight === 0);
    await releases.helm.rollback({ ...ref, revision: 1 });
    await rolloutAt('bad', (view) => isHealthy(view) && view.deploymentId === 'd-1');
  });
});

test('an analysis takes a bad canary back, and shows the metric that did it with its limit', async () => {
  const analysis = { maxErrorRatePercent: 5, maxP95Ms: 10_000, intervalSeconds: 1, failureLimit: 1 };
  const measuredAt = (path: 'good' | 'bad') => ({ analysis, layer: { analysis: { address: measurements.address(path) } } });
  await releases.deploy('measured', 'd-1', measuredAt('good'));
  await rolloutAt('measured', isHealthy);
  await releases.deploy('measured', 'd-2', measuredAt('bad'));
  const aborted = await rolloutAt('measured', (view) => view.aborted && view.deploymentId === 'd-2');
  const run = await eventually('the failed analysis', () =>
    Promise.resolve([...analyses.values()].find((one) => one.podHash === aborted.currentPodHash && one.phase === 'Failed')),
  );
  const metric = run.metrics.find((one) => one.phase === 'Failed');
  expect(run.kind).toBe('background');
  expect(metric).toMatchObject({ name: 'error-rate', limit: 0.05, failureLimit: 1 });
  expect(metric?.measurements.some((one) => (one.value ?? 0) > 0.05)).toBe(true);
});

test('a run runs its steps, publishes a digest, waits at its gate and goes on when that is settled', async () => {
  const digest = `sha256:${'c'.repeat(64)}`;
  const env = { WHO: '{{workflow.name}}' };
  const workflow = compiled(engine, [
    {
      kind: 'steps',
      key: 'test',
      needs: [],
      steps: [aStep('one', 'echo "I am $WHO"', { env }), aStep('two', 'test "$WHO" = "{{workflow.name}}"', { env, needs: ['one'] })],
    },
    {
      kind: 'publish',
      key: 'publish',
      needs: ['test'],
      step: aStep('publish', `printf ${digest} > "$FLOW_DIGEST_FILE"; echo 1.2.3 > "$FLOW_VERSION_FILE"`),
    },
    { kind: 'gate', key: 'prod', needs: ['publish'], outputs: ['by'] },
    { kind: 'steps', key: 'after', needs: ['prod'], steps: [aStep('bye', 'echo bye')] },
  ]);
  const made = await start(engine, workflow);
  const workflowAt = (is: (view: WorkflowView) => boolean) =>
    eventually(`Workflow: ${is.toString()}`, () => {
      const view = workflows.get(made.name);
      return Promise.resolve(view !== undefined && is(view) && view);
    });
  const open = await workflowAt((view) => view.stages.some((stage) => stage.open) || view.completed);
  expect(open.stages.map((stage) => [stage.key, stage.phase])).toEqual([
    ['test', 'Succeeded'],
    ['publish', 'Succeeded'],
    ['prod', 'Running'],
    ['after', 'Waiting'],
  ]);
  expect(open.stages[1]?.outputs).toMatchObject({ digest, version: '1.2.3' });
  const settlement = {
    ...made,
    nodeId: gateNodeId(made.name, 'prod'),
    outcome: 'succeeded',
    outputs: { by: 'ana' },
    message: 'deployed: d-1',
    at: new Date(),
  } as const;
  expect(await settleGate(engine.client, settlement)).toEqual({ outcome: 'done' });
  expect(await settleGate(engine.client, settlement)).toEqual({ outcome: 'done' });
  const ended = await workflowAt((view) => view.completed);
  expect(ended).toMatchObject({ phase: 'Succeeded' });
  expect(ended.stages[2]?.outputs).toEqual({ by: 'ana' });
});
