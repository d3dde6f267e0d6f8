import { describe, expect, test } from 'vitest';
import { createManualClock, createStore, type KubeObject, type WatchEvent } from './index.ts';

const clock = createManualClock();
const aPod = (name: string, extra: Partial<KubeObject['metadata']> = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'ns', ...extra },
});
const aNamespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const aRollout = (name: string) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Rollout',
  metadata: { name, namespace: 'ns' },
  spec: { replicas: 1 },
});

describe('the store', () => {
  test('gives every write a higher resourceVersion, and none to a write that changes nothing', () => {
    const store = createStore({ clock });
    const pod = store.create('pods', aPod('a'));
    expect(store.update('pods', structuredClone(pod))).toBe(pod);
    const changed = store.update('pods', { ...structuredClone(pod), spec: {} });
    expect(Number(changed.metadata.resourceVersion)).toBe(Number(pod.metadata.resourceVersion) + 1);
  });

  test('hands out frozen snapshots', () => {
    const pod = createStore({ clock }).create('pods', aPod('a', { labels: { a: 'b' } }));
    expect(() => Object.assign(pod.metadata.labels ?? {}, { a: 'c' })).toThrow(TypeError);
  });

  test('refuses what exists, what is gone, and what has moved on', () => {
    const store = createStore({ clock });
    const pod = store.create('pods', aPod('a'));
    expect(() => store.create('pods', aPod('a'))).toThrow('pods "a" already exists');
    expect(() => store.update('pods', { ...structuredClone(pod), spec: {} }, { resourceVersion: '0' })).toThrow(
      'the object has been modified',
    );
    store.delete('pods', pod.metadata);
    expect(() => store.update('pods', pod)).toThrow('pods "a" not found');
  });

  test('refuses a write meant for an object that was deleted and made again', () => {
    const store = createStore({ clock });
    const first = store.create('pods', aPod('a'));
    store.delete('pods', first.metadata);
    store.create('pods', aPod('a'));
    expect(() => store.update('pods', { ...structuredClone(first), spec: {} })).toThrow('Precondition failed: UID');
  });

  test('counts a generation for a change of the spec and none for status or labels', () => {
    const store = createStore({ clock });
    const key = store.create('rollouts.argoproj.io', aRollout('r')).metadata;
    const generation = (change: (draft: KubeObject) => void): number | undefined =>
      store.modify('rollouts.argoproj.io', key, change)?.metadata.generation;
    expect(generation((draft) => void (draft['status'] = { phase: 'Healthy' }))).toBe(1);
    expect(generation((draft) => void (draft.metadata.labels = { a: 'b' }))).toBe(1);
    expect(generation((draft) => void (draft['spec'] = { replicas: 2 }))).toBe(2);
  });

  test('takes what is owned with the owner, unless it has another', () => {
    const store = createStore({ clock });
    const [one, two] = [store.create('rollouts.argoproj.io', aRollout('one')), store.create('rollouts.argoproj.io', aRollout('two'))];
    const owner = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject) => ({ apiVersion, kind, name, uid });
    store.create('pods', aPod('of-one', { ownerReferences: [owner(one)] }));
    store.create('pods', aPod('of-both', { ownerReferences: [owner(one), owner(two)] }));
    store.delete('rollouts.argoproj.io', one.metadata);
    expect(store.list('pods').map((pod) => [pod.metadata.name, pod.metadata.ownerReferences?.length])).toEqual([['of-both', 1]]);
  });

  test('keeps a namespace until the last finalizer in it is taken off, and lets nothing in meanwhile', () => {
    const store = createStore({ clock });
    store.create('namespaces', aNamespace('ns'));
    const pod = store.create('pods', aPod('held', { finalizers: ['x'] }));
    store.delete('namespaces', { name: 'ns' });
    expect(store.get('namespaces', { name: 'ns' })?.['status']).toEqual({ phase: 'Terminating' });
    expect(() => store.create('pods', aPod('late'))).toThrow('because it is being terminated');
    store.modify('pods', pod.metadata, (draft) => void (draft.metadata.finalizers = []));
    expect(store.get('namespaces', { name: 'ns' })).toBeUndefined();
  });

  test('calls a listener after the write has returned, once for each change since it was added', async () => {
    const store = createStore({ clock });
    store.create('pods', aPod('before'));
    const seen: string[] = [];
    store.watch('pods', (event) => seen.push(`${event.type} ${event.object.metadata.name}`));
    store.create('pods', aPod('a'));
    expect(seen).toEqual([]);
    await clock.settle();
    expect(seen).toEqual(['ADDED a']);
  });

  test('goes on telling the others when one listener throws', async () => {
    const errors: unknown[] = [];
    const seen: WatchEvent[] = [];
    const store = createStore({ clock, onListenerError: (error) => errors.push(error) });
    store.watch('pods', () => {
      throw new TypeError('broken listener');
    });
    store.watch('pods', (event) => seen.push(event));
    store.create('pods', aPod('a'));
    await clock.settle();
    expect([errors.length, seen.length]).toEqual([1, 1]);
  });
});
