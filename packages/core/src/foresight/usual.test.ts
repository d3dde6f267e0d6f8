import { expect, test } from 'vitest';
import { usual, usualOf } from './index.ts';
import { inMinutes } from './testing.ts';

const step = (minutes: number, at: { kind: 'weight'; percent: number } | { kind: 'pause' } | { kind: 'analysis' } | null) => ({
  at: inMinutes(minutes).toISOString(),
  stepIndex: 0,
  step: at,
  weight: 0,
});
const target = (over: number) => ({
  startedAt: inMinutes(0),
  finishedAt: inMinutes(20 + over),
  progress: [
    step(1, { kind: 'weight', percent: 20 }),
    step(3, { kind: 'pause' }),
    step(10 + over, { kind: 'analysis' }),
    step(15 + over, null),
  ],
});

test('each kind of step has the median of what was seen of it', () => {
  const found = usualOf({
    targets: [target(0), target(2), target(60), { startedAt: inMinutes(0), finishedAt: inMinutes(4), progress: [] }],
    approvals: [{ askedAt: inMinutes(0), createdAt: inMinutes(1), decidedAt: inMinutes(41) }],
  });
  expect(usual.parse(found)).toEqual(found);
  expect(found).toEqual({
    prepare: { seconds: 60, sampleCount: 1 },
    approval: { seconds: 2_400, sampleCount: 1 },
    apply: { seconds: 60, sampleCount: 3 },
    weight: { seconds: 120, sampleCount: 3 },
    person: { seconds: 540, sampleCount: 3 },
    analysis: { seconds: 300, sampleCount: 3 },
    finish: { seconds: 300, sampleCount: 3 },
    whole: { seconds: 240, sampleCount: 1 },
  });
});

test('what was never seen is assumed, and says so', () => {
  expect(Object.values(usualOf({ targets: [], approvals: [] })).every(({ sampleCount }) => sampleCount === 0)).toBe(true);
});
