import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createManualClock,
  createStore,
  type Controller,
  type KubeObject,
  type ManualClock,
  type SandboxContext,
  type WatchableStore,
} from '../store/index.ts';
import { createWorkloadControllers } from './index.ts';

const NAMESPACE = 'shop';
let store: WatchableStore;
let clock: ManualClock;
let controllers: Controller[];
let logs: string[];

beforeEach(async () => {
  clock = createManualClock();
  store = createStore({ clock });
  logs = [];
  const ctx: SandboxContext = {
    store,
    clock,
    stateDir: '/nowhere',
    imageDir: '/nowhere',
    log: (message, fields) => logs.push(`${message} ${JSON.stringify(fields)}`),
  };
  store.watch('pods', ({ type, object }) => {
    if (type === 'ADDED' && !JSON.stringify(object['spec']).includes('broken')) setPod(object, readyAt(clock.now()));
  });
  controllers = createWorkloadControllers(ctx);
  for (const controller of controllers) controller.start();
  await clock.settle();
});

afterEach(async () => {
  for (const controller of controllers) await controller.stop();
  expect(logs).toEqual([]);
});

function readyAt(now: Date) {
  return { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: now.toISOString() }] };
}

function setPod(pod: KubeObject, status: Record<string, unknown>): void {
  store.modify('pods', pod.metadata, (draft) => void (draft['status'] = status), { subresource: 'status' });
}

async function deploy(image: string, spec: Record<string, unknown> = {}): Promise<void> {
  const wanted = {
    replicas: 4,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
    ...spec,
  };
  const key = { namespace: NAMESPACE, name: 'web' };
  const changed = store.modify('deployments.apps', key, (draft) => void (draft['spec'] = wanted), { subresource: 'main' });
  if (changed === undefined) store.create('deployments.apps', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: key, spec: wanted });
  await clock.settle();
}

const pods = () => store.list('pods', NAMESPACE);
const images = () => pods().map((pod) => /"image":"(\w+)"/.exec(JSON.stringify(pod['spec']))?.[1]);
const status = (resource: string, name: string) => store.get(resource, { namespace: NAMESPACE, name })?.['status'];

test('a Deployment rolls to a new template and says so as kubectl reads it', async () => {
  await deploy('v1');
  expect(status('deployments.apps', 'web')).toMatchObject({
    observedGeneration: 1,
    replicas: 4,
    updatedReplicas: 4,
    availableReplicas: 4,
    unavailableReplicas: 0,
  });
  await clock.advance(1_000);
  await deploy('v2');
  expect(images()).toEqual(['v2', 'v2', 'v2', 'v2']);
  expect(status('deployments.apps', 'web')).toMatchObject({ observedGeneration: 2, updatedReplicas: 4, availableReplicas: 4 });
  expect(
    store.get('deployments.apps', { namespace: NAMESPACE, name: 'web' })?.metadata.annotations?.['deployment.kubernetes.io/revision'],
  ).toBe('2');
});

test('a template that does not come up stops at the surge, keeps the old pods and is called stuck', async () => {
  await deploy('v1');
  await deploy('broken', { progressDeadlineSeconds: 60 });
  expect(images().filter((image) => image === 'v1')).toHaveLength(3);
  expect(pods()).toHaveLength(5);
  await clock.advance(62_000);
  expect(JSON.stringify(status('deployments.apps', 'web'))).toContain('ProgressDeadlineExceeded');
  await deploy('v1', { progressDeadlineSeconds: 60 });
  expect(images()).toEqual(['v1', 'v1', 'v1', 'v1']);
});

test('Recreate ends all old pods before the first new one', async () => {
  const seen: string[] = [];
  store.watch('pods', ({ type, object }) => {
    if (type !== 'MODIFIED') seen.push(`${type} ${/"image":"(\w+)"/.exec(JSON.stringify(object['spec']))?.[1] ?? ''}`);
  });
  await deploy('v1', { replicas: 2, strategy: { type: 'Recreate' } });
  await deploy('v2', { replicas: 2, strategy: { type: 'Recreate' } });
  expect(seen).toEqual(['ADDED v1', 'ADDED v1', 'DELETED v1', 'DELETED v1', 'ADDED v2', 'ADDED v2']);
});

test('a pod that is deleted is replaced, and minReadySeconds delays its availability', async () => {
  await deploy('v1', { replicas: 1, minReadySeconds: 10 });
  expect(status('deployments.apps', 'web')).toMatchObject({ readyReplicas: 1, availableReplicas: 0 });
  await clock.advance(10_000);
  expect(status('deployments.apps', 'web')).toMatchObject({ availableReplicas: 1 });
  const [pod] = pods();
  if (pod !== undefined) store.delete('pods', pod.metadata);
  await clock.settle();
  expect(pods()).toHaveLength(1);
  expect(pods()[0]?.metadata.uid).not.toBe(pod?.metadata.uid);
});

async function run(spec: Record<string, unknown>): Promise<void> {
  const template = { spec: { containers: [{ name: 'once', image: 'broken' }] } };
  store.create('jobs.batch', {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'once', namespace: NAMESPACE },
    spec: { template, ...spec },
  });
  await clock.settle();
}

async function endPods(phase: 'Succeeded' | 'Failed'): Promise<void> {
  for (const pod of pods()) if (JSON.stringify(pod['status']).includes('Pending')) setPod(pod, { phase });
  await clock.settle();
}

test('a Job is complete after as many successes as it asks for', async () => {
  await run({ completions: 2 });
  await endPods('Succeeded');
  expect(status('jobs.batch', 'once')).toMatchObject({ succeeded: 1, active: 1 });
  await endPods('Succeeded');
  expect(status('jobs.batch', 'once')).toMatchObject({ succeeded: 2, active: 0, conditions: [{ type: 'Complete', status: 'True' }] });
});

test('a Job tries again after a growing wait, and fails beyond its limit', async () => {
  await run({ backoffLimit: 1 });
  await endPods('Failed');
  expect(pods()).toHaveLength(1);
  await clock.advance(10_000);
  expect(pods()).toHaveLength(2);
  await endPods('Failed');
  expect(status('jobs.batch', 'once')).toMatchObject({ failed: 2, conditions: [{ type: 'Failed', reason: 'BackoffLimitExceeded' }] });
});

test('a Job ends at its deadline and is deleted after its time to live', async () => {
  await run({ activeDeadlineSeconds: 30, ttlSecondsAfterFinished: 60 });
  await clock.advance(30_000);
  expect(status('jobs.batch', 'once')).toMatchObject({ conditions: [{ type: 'Failed', reason: 'DeadlineExceeded' }] });
  expect(pods()).toEqual([]);
  await clock.advance(61_000);
  expect(store.list('jobs.batch')).toEqual([]);
});

test('a kind of Job that the sandbox cannot run fails and says why', async () => {
  await run({ completionMode: 'Indexed' });
  expect(JSON.stringify(status('jobs.batch', 'once'))).toContain('the sandbox does not run Jobs with completionMode Indexed');
});
