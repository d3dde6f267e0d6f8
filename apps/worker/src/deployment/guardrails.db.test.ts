import { plan } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import type { RunLimits } from '@flow/core/guardrail';
import type { RolloutView } from '@flow/core/rollout';
import { savePolicy } from '@flow/operations/policy';
import { actAs, aRollout } from '@flow/operations/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { Clusters } from '../clusters/clusters.ts';
import type { GitReader } from '../git/read-commit.ts';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { reconcileDeployments } from './reconcile.ts';

// The canary of the deployment that moves stands at 20 %; what is measured of it, and what its cluster keeps of it, is said by each test.
let world: WorkerWorld;
const wentBackTo: number[] = [];
beforeEach(async () => {
  world = await createWorkerWorld();
  wentBackTo.length = 0;
  await begin();
});
afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const noGit: GitReader = {
  readCommit: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
  writeFolder: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
  readOwners: () => Promise.reject(new FlowError({ code: 'internal', message: 'not read here' })),
};
/** The clusters of the world, with a Helm that keeps in mind to which revision it was told to go back. */
const clusters = (): Clusters => ({
  ...world.clusters,
  async open(id) {
    const opened = await world.clusters.open(id);
    const rollback = ({ revision }: { revision: number }): Promise<void> => {
      wentBackTo.push(revision);
      return Promise.resolve();
    };
    return { ...opened, helm: { ...opened.helm, rollback } };
  },
});
const reconcile = () =>
  reconcileDeployments({ ...world, clusters: clusters(), git: noGit, holder: 'test' })(
    { kind: 'deployment', key: world.tenant.movingId, tenantId: world.tenant.id, generation: 1, attempts: 0 },
    new AbortController().signal,
  );

const name = 'checkout';
const startedMinutesAgo = 10;

/** Helm has installed it ten minutes ago over revision 1, and its canary is seen and kept by the cluster. */
async function begin(): Promise<void> {
  const { id: tenantId, movingId: deploymentId, movingTargetId, clusterId } = world.tenant;
  const startedAt = new Date(world.now().getTime() - startedMinutesAgo * 60_000);
  const target = { tenantId, deploymentId, targetDeploymentId: movingTargetId, clusterId };
  const upgrade = { id: 'upgrade', key: `${deploymentId}/${movingTargetId}/upgrade`, kind: 'helm-upgrade', target: {}, state: 'done' };
  await world.db.prisma.engineAction.create({ data: { ...target, ...upgrade } });
  await world.db.prisma.deployment.update({ where: { tenantId_id: { tenantId, id: deploymentId } }, data: { startedAt } });
  await world.db.prisma.targetDeployment.update({
    where: { tenantId_id: { tenantId, id: movingTargetId } },
    data: { previousRevision: 1, releaseRevision: 2, podHash: 'newhash', startedAt },
  });
  await see({});
  world.cluster.rollouts.set(name, {
    metadata: { name, namespace: 'ns', labels: {}, uid: 'rollout-uid', resourceVersion: '7' },
    spec: { replicas: 2, strategy: { canary: { steps: [{ setWeight: 20 }, { pause: {} }] } } },
    status: { currentPodHash: 'newhash', stableRS: 'oldhash', currentStepIndex: 1, pauseConditions: [{ reason: 'CanaryPauseStep' }] },
  });
}

/** The watch of the cluster has seen the canary like this. */
async function see(over: Partial<RolloutView>): Promise<void> {
  const { id: tenantId, clusterId, movingId: deploymentId } = world.tenant;
  const key = { tenantId, clusterId, resource: 'rollouts', namespace: 'ns', name };
  const view = aRollout({ deploymentId, ...over });
  await world.db.prisma.observedObject.upsert({
    where: { tenantId_clusterId_resource_namespace_name: key },
    create: { ...key, uid: view.uid, resourceVersion: view.resourceVersion, view },
    update: { view },
  });
}

/** The analysis of the new revision has measured this last. */
async function measure(value: number): Promise<void> {
  const state = { phase: 'Running', message: '' } as const;
  const measurements = [{ at: world.now().toISOString(), value, phase: 'Successful' }];
  const metric = { ...state, name: 'error-rate', successCondition: '', limit: null, failureLimit: 3, failed: 0, measurements };
  const run = { ...state, uid: 'a', name: 'a', podHash: 'newhash', kind: 'background', stepIndex: null, startedAt: null };
  await world.db.prisma.targetDeployment.update({
    where: { tenantId_id: { tenantId: world.tenant.id, id: world.tenant.movingTargetId } },
    data: { analyses: [{ ...run, completedAt: null, metrics: [metric] }] },
  });
}

const limit = (run: RunLimits, enforcement: 'enforce' | 'shadow' = 'enforce') =>
  savePolicy(actAs(world.db, world.tenant.id, world.tenant.people.admin.actor), {
    kind: 'guardrail',
    document: { title: 'Careful', scope: {}, enforcement, plan: {}, run: z.record(z.string(), z.json()).parse(run) },
  });
const errorRate = (consequence: 'hold' | 'abort'): RunLimits => ({
  metrics: [{ metric: 'error-rate', of: 'service', max: 5, consequence }],
});
const shown = () =>
  world.db.prisma.deployment.findUniqueOrThrow({
    where: { tenantId_id: { tenantId: world.tenant.id, id: world.tenant.movingId } },
    select: { state: true, reason: true },
  });
/** What the cluster keeps of the canary: held, taken back. */
const kept = () => {
  const rollout = world.cluster.rollouts.get(name);
  return { held: rollout?.spec['paused'] === true, aborted: rollout?.status['abort'] === true };
};

test('a metric of the service over its limit has the canary paused in its cluster, once, and lets it go on when it is under it again', async () => {
  await limit(errorRate('hold'));
  await measure(4);
  await reconcile();
  expect(kept()).toEqual({ held: false, aborted: false });
  await measure(7);
  await reconcile();
  expect(kept()).toEqual({ held: true, aborted: false });
  expect(await shown()).toEqual({
    state: 'deploying',
    reason: expect.stringMatching(/^error-rate of Checkout in eu-west is 7; at most 5 is allowed \(Careful of /),
  });
  await see({ held: true });
  await reconcile();
  const patches = () => world.cluster.requests.filter(({ line }) => line.startsWith('PATCH')).length;
  expect(patches()).toBe(1);
  await measure(3);
  await reconcile();
  expect(kept()).toEqual({ held: false, aborted: false });
  expect(patches()).toBe(2);
});

test('a metric of the service over its limit takes the canary back, and then what ran before, and says whose limit it was', async () => {
  await limit(errorRate('abort'));
  await measure(9);
  await reconcile();
  expect(kept()).toEqual({ held: false, aborted: true });
  expect(wentBackTo).toEqual([1]);
  const reason = expect.stringMatching(/^error-rate of Checkout in eu-west is 9; at most 5 is allowed \(Careful of /);
  expect(await shown()).toEqual({ state: 'rollingBack', reason });
  await see({ phase: 'Healthy', deploymentId: world.tenant.succeededId, currentPodHash: 'oldhash', pause: null });
  await reconcile();
  expect(await shown()).toEqual({ state: 'rolledBack', reason });
  const ended = await world.db.prisma.deployment.findFirstOrThrow({ where: { id: world.tenant.movingId } });
  expect(ended).toMatchObject({ backCause: 'governance', activePlace: null });
});

test('a limit in shadow does nothing to what runs', async () => {
  await limit(errorRate('abort'), 'shadow');
  await measure(9);
  await reconcile();
  expect(kept()).toEqual({ held: false, aborted: false });
  expect((await shown()).state).toBe('deploying');
});

test('what takes too long is held from the second after its time, and not before', async () => {
  await limit({ metrics: [], durationMaxSeconds: { count: 900, consequence: 'hold' } });
  const over = new Date(world.now().getTime() - startedMinutesAgo * 60_000 + 901_000);
  // It rests until something is heard of it, or a minute, and never past its time.
  expect(await reconcile()).toEqual({ kind: 'waiting', until: new Date(world.now().getTime() + 60_000) });
  world.time.now = new Date(over.getTime() - 31_000);
  expect(await reconcile()).toEqual({ kind: 'waiting', until: over });
  expect(kept()).toEqual({ held: false, aborted: false });
  world.time.now = over;
  await reconcile();
  expect(kept()).toEqual({ held: true, aborted: false });
  expect((await shown()).reason).toMatch(/^It has taken 901 s; at most 900 s are allowed/);
});

test('what takes too long is taken back where the guardrail says so', async () => {
  await limit({ metrics: [], durationMaxSeconds: { count: 599, consequence: 'abort' } });
  await reconcile();
  expect(kept()).toEqual({ held: false, aborted: true });
  expect(await shown()).toMatchObject({ state: 'rollingBack', reason: expect.stringContaining('at most 599 s are allowed') });
});

test('more regions that failed than the budget allows take back those that still move, though the plan would stop and wait', async () => {
  const { id: tenantId, movingId: deploymentId, productionId: environmentId, unusedClusterId: clusterId } = world.tenant;
  await limit({ metrics: [], failedRegionsMax: { count: 0, consequence: 'abort' } });
  const target = { region: 'us-east', clusterId, namespace: 'ns-us' };
  await world.db.prisma.target.create({ data: { tenantId, id: `${environmentId}-us`, environmentId, ...target } });
  const failed = { id: `${deploymentId}-us`, deploymentId, targetId: `${environmentId}-us`, wave: 0, releaseName: name };
  await world.db.prisma.targetDeployment.create({ data: { tenantId, ...failed, ...target, state: 'failed', reason: 'us-east: no image' } });
  const where = { tenantId_id: { tenantId, id: deploymentId } };
  const fixed = plan.parse((await world.db.prisma.deployment.findUniqueOrThrow({ where })).plan);
  const progression = { ...fixed.progression, onFailure: { kind: 'stop' } };
  await world.db.prisma.deployment.update({ where, data: { plan: { ...fixed, progression } } });
  await reconcile();
  expect(kept()).toEqual({ held: false, aborted: true });
  expect(wentBackTo).toEqual([1]);
  expect(await shown()).toMatchObject({ state: 'rollingBack', reason: expect.stringMatching(/^It failed in 1 regions \(us-east\)/) });
});
