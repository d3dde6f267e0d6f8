import { expect, test } from 'vitest';
import type { JsonObject } from '../wire/json-object.ts';
import { applyStrategicMerge } from './strategic-merge.ts';

const merge = (object: JsonObject, patch: JsonObject) => applyStrategicMerge({ group: 'apps' }, object, patch);
const pod = (...containers: JsonObject[]) => ({ spec: { containers } });

test('containers are merged by name, and what a patch does not name stays', () => {
  const patched = merge(
    pod({ name: 'a', image: '1', env: [{ name: 'X', value: '1' }] }, { name: 'b' }),
    pod({ name: 'a', env: [{ name: 'Y', value: '2' }] }),
  );
  const env = [
    { name: 'X', value: '1' },
    { name: 'Y', value: '2' },
  ];
  expect(patched).toEqual(pod({ name: 'a', image: '1', env }, { name: 'b' }));
});

test('an item is deleted by directive, and the order is what the patch says', () => {
  const patch = {
    spec: { containers: [{ name: 'a', $patch: 'delete' }, { name: 'c' }], '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }] },
  };
  expect(merge(pod({ name: 'a' }, { name: 'b' }), patch)).toEqual(pod({ name: 'c' }, { name: 'b' }));
});

test('a list without keys is replaced, and a set of values takes values out by directive', () => {
  expect(merge({ spec: { containers: [{ name: 'a', args: ['1', '2'] }] } }, pod({ name: 'a', args: ['3'] }))).toEqual(
    pod({ name: 'a', args: ['3'] }),
  );
  const held = { metadata: { finalizers: ['x', 'y'] } };
  expect(merge(held, { metadata: { '$deleteFromPrimitiveList/finalizers': ['x'] } })).toEqual({ metadata: { finalizers: ['y'] } });
});

test('retained keys drop their neighbours, as when a strategy changes its type', () => {
  const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
  expect(merge({ spec: { strategy: { type: 'RollingUpdate', rollingUpdate: {} } } }, patch)).toEqual({
    spec: { strategy: { type: 'Recreate' } },
  });
});

test('null takes a field away, and replace leaves nothing of what was there', () => {
  expect(merge({ a: 1, b: { c: 1 } }, { a: null, b: { $patch: 'replace', d: 2 } })).toEqual({ b: { d: 2 } });
});
