import { expect, test } from 'vitest';
import { fnv1a32, nodeId, podName } from './ids.ts';
import { packNodes, packStatus, readStatus, unpackNodes } from './packing.ts';

test('ids and pod names are those that the engine computes', () => {
  expect(fnv1a32('w1[1].approve')).toBe(1858159943);
  expect(nodeId('w1', 'w1')).toBe('w1');
  expect(nodeId('w1', 'w1[1].approve')).toBe('w1-1858159943');
  expect(podName('w1', { name: 'w1', templateName: 'main' })).toBe('w1');
  expect(podName('w1', { name: 'w1[1].approve', templateName: 'gate' })).toBe('w1-gate-1858159943');
  expect(podName('w'.repeat(250), { name: 'x', templateName: 'gate' }).length).toBeLessThanOrEqual(253);
});

test('nodes survive packing, and a status is packed only above its limit', () => {
  const nodes = { a: { id: 'a', name: 'a', type: 'Pod' as const, phase: 'Running' as const } };
  expect(unpackNodes(packNodes(nodes))).toEqual(nodes);
  const status = { phase: 'Running', nodes };
  expect(packStatus(status, { otherBytes: 0, maxBytes: 1000 })).toBe(status);
  const packed = packStatus(status, { otherBytes: 1000, maxBytes: 1000 });
  expect(packed.nodes).toBeUndefined();
  expect(readStatus({ status: packed })).toEqual(status);
});

test('packed nodes that are no nodes are refused', () => {
  expect(() => readStatus({ status: { compressedNodes: 'AAAA' } })).toThrow('incorrect header check');
});
