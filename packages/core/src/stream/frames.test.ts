import { expect, test } from 'vitest';
import { isFrame } from './frames.ts';

const frame = { id: '1.2', type: 'run.changed', at: '2026-01-01T00:00:00Z', topics: ['tenant:t'], data: { runId: 'r' } };

test('a frame is taken, also one with fields of a newer version', () => {
  expect(isFrame(frame)).toBe(true);
  expect(isFrame({ ...frame, more: 1 })).toBe(true);
});

test.each([
  null,
  undefined,
  'run.changed',
  [],
  {},
  { ...frame, id: 1 },
  { ...frame, type: 'nothing.known' },
  { ...frame, type: 'toString' },
  { ...frame, at: null },
  { ...frame, topics: 'tenant:t' },
  { ...frame, topics: [1] },
  { ...frame, data: null },
  { ...frame, data: [] },
])('%j is no frame', (data) => {
  expect(isFrame(data)).toBe(false);
});
