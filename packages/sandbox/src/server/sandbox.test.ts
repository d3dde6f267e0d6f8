import { afterEach, beforeEach, expect, test } from 'vitest';
import { createControllers } from './process/controllers.ts';
import { startTestCluster, type TestCluster } from './testing/test-cluster.ts';
import { listAt, textAt, valueAt, type JsonObject } from './wire/json-object.ts';

const argo = '/apis/argoproj.io/v1alpha1/namespaces/default';
let cluster: TestCluster;

beforeEach(async () => {
  cluster = await startTestCluster({ controllers: createControllers });
});

afterEach(async () => {
  await cluster.stop();
});

/** Watches one object until it is as wanted. */
async function until(collection: string, name: string, isReached: (object: JsonObject) => boolean): Promise<JsonObject> {
  const watch = await cluster.watch(`${collection}?watch=1&fieldSelector=metadata.name%3D${name}`);
  try {
    for (let event = await watch.next(); event !== undefined; event = await watch.next()) {
      if (isReached(event.object)) return event.object;
    }
  } finally {
    watch.close();
  }
  throw new TypeError(`the watch of ${name} ended before it was as wanted`);
}

const phaseIs = (phase: string) => (object: JsonObject) => textAt(object, 'status', 'phase') === phase;

test('a Workflow runs its steps as processes, and their logs can be read afterwards', async () => {
  const container = { image: 'any', command: ['sh', '-c'], args: ['echo "said {{inputs.parameters.word}}"'] };
  const step = (word: string) => [{ name: word, template: 'say', arguments: { parameters: [{ name: 'word', value: word }] } }];
  const templates = [
    { name: 'main', steps: [step('one'), step('two')] },
    { name: 'say', inputs: { parameters: [{ name: 'word' }] }, container },
  ];
  const body = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'w' }, spec: { entrypoint: 'main', templates } };
  expect((await cluster.call('POST', `${argo}/workflows`, { body })).status).toBe(201);
  await until(`${argo}/workflows`, 'w', phaseIs('Succeeded'));
  const pods = await cluster.call('GET', '/api/v1/namespaces/default/pods?labelSelector=workflows.argoproj.io%2Fworkflow%3Dw');
  const names = listAt(pods.body, 'items').map((pod) => textAt(pod, 'metadata', 'name'));
  const logs = await Promise.all(
    names.map(async (name) => (await cluster.call('GET', `/api/v1/namespaces/default/pods/${name}/log?container=main`)).text),
  );
  expect(logs.toSorted()).toEqual(['said one\n', 'said two\n']);
});

test('a canary stops at its pause, lives through a restart, and goes on by one guarded patch only', async () => {
  const rollouts = `${argo}/rollouts`;
  const template = (image: string) => ({ metadata: { labels: { app: 'r' } }, spec: { containers: [{ name: 'web', image }] } });
  const strategy = { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } };
  const spec = { replicas: 2, selector: { matchLabels: { app: 'r' } }, template: template('web:1'), strategy };
  await cluster.call('POST', rollouts, { body: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'r' }, spec } });
  const first = await until(rollouts, 'r', phaseIs('Healthy'));
  await cluster.call('PATCH', `${rollouts}/r`, { body: { spec: { template: template('web:2') } }, type: 'application/merge-patch+json' });
  const paused = await until(rollouts, 'r', phaseIs('Paused'));
  expect(textAt(paused, 'status', 'stableRS')).toBe(textAt(first, 'status', 'currentPodHash'));

  await cluster.restart();
  const patch = [
    { op: 'test', path: '/status/currentPodHash', value: valueAt(paused, 'status', 'currentPodHash') },
    { op: 'test', path: '/status/pauseConditions/0/startTime', value: valueAt(paused, 'status', 'pauseConditions', 0, 'startTime') },
    { op: 'remove', path: '/status/pauseConditions' },
  ];
  const promote = async () =>
    (await cluster.call('PATCH', `${rollouts}/r/status`, { body: patch, type: 'application/json-patch+json' })).status;
  expect([await promote(), await promote()]).toEqual([200, 422]);
  const done = await until(
    rollouts,
    'r',
    (object) => phaseIs('Healthy')(object) && textAt(object, 'status', 'stableRS') === textAt(paused, 'status', 'currentPodHash'),
  );
  expect(valueAt(done, 'status', 'updatedReplicas')).toBe(2);
});
