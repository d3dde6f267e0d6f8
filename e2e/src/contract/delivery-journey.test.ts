import { join } from 'node:path';
import { flowChartValues } from '@flow/core/configuration';
import type { Strategy } from '@flow/core/deployment';
import type { AnalysisView, RolloutView } from '@flow/core/rollout';
import type { WorkflowView } from '@flow/core/workflow';
import { serviceChart } from '@flow/delivery/chart';
import { systemClock } from '@flow/delivery/clock';
import { kinds } from '@flow/delivery/cluster';
import { createHelm, type Helm } from '@flow/delivery/helm';
import { reflect } from '@flow/delivery/reflector';
import { abort, projectAnalysisRun, projectRollout, promote } from '@flow/delivery/rollouts';
import { compileWorkflow, createWorkflow, gateNodeId, projectWorkflow, settleGate } from '@flow/delivery/workflows';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { openSandboxCluster, type ContractCluster } from './sandbox-cluster.ts';

let cluster: ContractCluster;
let helm: Helm;
let chart = '';
const stop = new AbortController();
const rollouts = new Map<string, RolloutView>();
const analyses = new Map<string, AnalysisView>();
const workflows = new Map<string, WorkflowView>();
const following: Promise<void>[] = [];

beforeAll(async () => {
  cluster = await openSandboxCluster({ controllers: true });
  helm = await createHelm({ connection: cluster.connection, homeDir: join(cluster.folder, 'helm') });
  chart = (await serviceChart()).path;
  following.push(
    follow(kinds.rollouts, projectRollout, rollouts),
    follow(kinds.workflows, projectWorkflow, workflows),
    follow(kinds.analysisRuns, projectAnalysisRun, analyses),
  );
}, 60_000);
afterAll(async () => {
  stop.abort();
  await Promise.all(following);
  await cluster.close();
});

type Kind = (typeof kinds)[keyof typeof kinds];

function follow<View>(resource: Kind, project: (object: unknown) => View, into: Map<string, View>): Promise<void> {
  return reflect({
    client: cluster.client,
    resource,
    project,
    onChange: (changes) => {
      for (const change of changes) {
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

interface Release {
  layer?: Record<string, unknown>;
  analysis?: Strategy['analysis'];
}

async function deploy(name: string, deployment: string, more: Release = {}): Promise<void> {
  const values = flowChartValues({
    layers: [{ replicas: 2, probes: { readinessPath: '', livenessPath: '' } }, more.layer ?? {}],
    mark: { tenant: 'shop', service: 'checkout', environment: 'prod', deployment },
    image: { repository: 'registry.invalid/checkout', digest: `sha256:${deployment.slice(-1).repeat(64)}` },
    strategy: { steps: [{ kind: 'weight', percent: 50 }, { kind: 'pause' }], analysis: more.analysis ?? null },
  });
  await helm.upgradeInstall({ namespace: 'shop', name, chart, values, deploymentId: deployment });
}

const rolloutAt = (name: string, is: (view: RolloutView) => boolean) =>
  eventually(`Rollout ${name}: ${is.toString()}`, () => {
    const view = rollouts.get(name);
    return Promise.resolve(view !== undefined && is(view) && view);
  });

describe('a canary', { timeout: 120_000 }, () => {
  test('goes from helm through its pause and a promote to healthy', async () => {
    await deploy('good', 'd-1');
    await rolloutAt(
      'good',
      (view) => view.phase === 'Healthy' && view.deploymentId === 'd-1' && view.currentPodHash === view.stablePodHash,
    );
    await deploy('good', 'd-2');
    const paused = await rolloutAt('good', (view) => view.phase === 'Paused' && view.deploymentId === 'd-2');
    expect(paused).toMatchObject({ stepIndex: 1, canaryWeight: 50 });
    const guard = { uid: paused.uid, podHash: paused.currentPodHash, stepIndex: 1, pauseStartedAt: paused.pause?.startedAt };
    expect(await promote(cluster.client, { namespace: 'shop', name: 'good' }, guard)).toEqual({ outcome: 'done' });
    const healthy = await rolloutAt(
      'good',
      (view) => view.phase === 'Healthy' && view.deploymentId === 'd-2' && view.currentPodHash === view.stablePodHash,
    );
    expect(healthy.canaryWeight).toBe(100);
  });

  test('that is aborted gives its traffic back, and a rollback makes it healthy again', async () => {
    await deploy('bad', 'd-1');
    await rolloutAt('bad', (view) => view.phase === 'Healthy' && view.currentPodHash === view.stablePodHash);
    await deploy('bad', 'd-2');
    const paused = await rolloutAt('bad', (view) => view.phase === 'Paused' && view.deploymentId === 'd-2');
    expect(await abort(cluster.client, { namespace: 'shop', name: 'bad' }, { uid: paused.uid, podHash: paused.currentPodHash })).toEqual({
      outcome: 'done',
    });
    await rolloutAt('bad', (view) => view.aborted && view.phase === 'Degraded' && view.canaryWeight === 0);
    await helm.rollback({ namespace: 'shop', name: 'bad', revision: 1 });
    await rolloutAt('bad', (view) => view.phase === 'Healthy' && view.deploymentId === 'd-1' && view.currentPodHash === view.stablePodHash);
  });
});

describe('an analysis', { timeout: 120_000 }, () => {
  test('takes a bad canary back, and shows the metric that did it with its limit', async () => {
    const analysis = { maxErrorRatePercent: 5, maxP95Ms: 10_000, intervalSeconds: 1, failureLimit: 1 };
    await deploy('measured', 'd-1', { analysis });
    await rolloutAt('measured', (view) => view.phase === 'Healthy' && view.currentPodHash === view.stablePodHash);
    await deploy('measured', 'd-2', { analysis, layer: { podAnnotations: { 'sandbox.flow.dev/error-rate': '0.5' } } });
    const aborted = await rolloutAt('measured', (view) => view.aborted && view.deploymentId === 'd-2');
    const run = await eventually('the failed analysis', () =>
      Promise.resolve([...analyses.values()].find((one) => one.podHash === aborted.currentPodHash && one.phase === 'Failed')),
    );
    const metric = run.metrics.find((one) => one.phase === 'Failed');
    expect(run.kind).toBe('background');
    expect(metric).toMatchObject({ name: 'error-rate', limit: 0.05, failureLimit: 1 });
    expect(metric?.measurements.some((one) => (one.value ?? 0) > 0.05)).toBe(true);
  });
});

describe('a run', { timeout: 120_000 }, () => {
  const step = (key: string, script: string, needs: string[] = []) => ({
    key,
    needs,
    image: 'any',
    script,
    command: null,
    env: { WHO: '{{workflow.name}}' },
    retries: 0,
    timeoutSeconds: 60,
  });
  const workflowAt = (name: string, is: (view: WorkflowView) => boolean) =>
    eventually(`Workflow ${name}: ${is.toString()}`, () => {
      const view = workflows.get(name);
      return Promise.resolve(view !== undefined && is(view) && view);
    });

  test('runs its steps, publishes a digest, waits at its gate and goes on when that is settled', async () => {
    const digest = `sha256:${'c'.repeat(64)}`;
    const compiled = compileWorkflow({
      runId: 'journey',
      segment: 1,
      attempt: 1,
      namespace: 'shop',
      labels: { 'flow.dev/tenant': 'shop' },
      stages: [
        {
          kind: 'steps',
          key: 'test',
          needs: [],
          steps: [step('one', 'echo "I am $WHO"'), step('two', 'test "$WHO" = "{{workflow.name}}"', ['one'])],
        },
        {
          kind: 'publish',
          key: 'publish',
          needs: ['test'],
          step: step('publish', `printf ${digest} > "$FLOW_DIGEST_FILE"; echo 1.2.3 > "$FLOW_VERSION_FILE"`),
        },
        { kind: 'gate', key: 'prod', needs: ['publish'], outputs: ['by'] },
        { kind: 'steps', key: 'after', needs: ['prod'], steps: [step('bye', 'echo bye')] },
      ],
      parameters: {},
      timeoutSeconds: 600,
      checkout: null,
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
    const { name } = compiled.workflow.metadata;
    const made = await createWorkflow(cluster.client, compiled.workflow);
    if (made.outcome === 'refused') throw new Error(made.why);
    const open = await workflowAt(name, (view) => view.stages.some((stage) => stage.open) || view.completed);
    expect(open.stages.map((stage) => [stage.key, stage.phase])).toEqual([
      ['test', 'Succeeded'],
      ['publish', 'Succeeded'],
      ['prod', 'Running'],
      ['after', 'Waiting'],
    ]);
    expect(open.stages[1]?.outputs).toMatchObject({ digest, version: '1.2.3' });
    const settlement = {
      namespace: 'shop',
      name,
      uid: made.uid,
      nodeId: gateNodeId(name, 'prod'),
      outcome: 'succeeded',
      outputs: { by: 'ana' },
      message: 'deployed: d-1',
      at: new Date(),
    } as const;
    expect(await settleGate(cluster.client, settlement)).toEqual({ outcome: 'done' });
    expect(await settleGate(cluster.client, settlement)).toEqual({ outcome: 'done' });
    const ended = await workflowAt(name, (view) => view.completed);
    expect(ended).toMatchObject({ phase: 'Succeeded' });
    expect(ended.stages[2]?.outputs).toEqual({ by: 'ana' });
  });

  test('ends as failed when a gate is rejected, and nothing after it runs', async () => {
    const compiled = compileWorkflow({
      runId: 'rejected',
      segment: 1,
      attempt: 1,
      namespace: 'shop',
      labels: { 'flow.dev/tenant': 'shop' },
      stages: [
        { kind: 'gate', key: 'go', needs: [] },
        { kind: 'steps', key: 'after', needs: ['go'], steps: [step('bye', 'echo bye')] },
      ],
      parameters: {},
      timeoutSeconds: 600,
      checkout: null,
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
    const { name } = compiled.workflow.metadata;
    const made = await createWorkflow(cluster.client, compiled.workflow);
    if (made.outcome === 'refused') throw new Error(made.why);
    await workflowAt(name, (view) => view.stages[0]?.open === true);
    await settleGate(cluster.client, {
      namespace: 'shop',
      name,
      uid: made.uid,
      nodeId: gateNodeId(name, 'go'),
      outcome: 'failed',
      outputs: {},
      message: 'Rejected by bo',
      at: new Date(),
    });
    const ended = await workflowAt(name, (view) => view.completed);
    expect(ended.phase).toBe('Failed');
    expect(ended.stages.map((stage) => stage.phase)).toEqual(['Failed', expect.stringMatching(/Omitted|Waiting/)]);
  });
});
