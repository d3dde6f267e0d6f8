import { expect, test } from 'vitest';
import type { Plan } from './plan.ts';
import { aDeployment } from './testing.ts';
import { probableEndAt, usualRegionMs } from './time-left.ts';
import type { TimedDeployment } from './time-left.ts';

const now = new Date('2026-01-01T00:10:00Z');
const minute = 60_000;
const ago = (ms: number): Date => new Date(now.getTime() - ms);
const leftOf = (deployment: TimedDeployment): number | null => {
  const end = probableEndAt(deployment, 5 * minute, now);
  return end === null ? null : end.getTime() - now.getTime();
};

/** Two waves, of one and of four regions, observed for 30 s between them. */
function moving(fields: Partial<TimedDeployment>, regionsAtOnce: number | null = null): TimedDeployment {
  const base = aDeployment({}).plan;
  const [first] = base.waves;
  const second = {
    targets: Array.from({ length: 4 }, () => base.waves[1]?.targets[0] ?? first?.targets[0]).filter((one) => one !== undefined),
  };
  const plan: Plan = {
    ...base,
    waves: [...(first === undefined ? [] : [first]), second],
    progression: { ...base.progression, regionsAtOnce },
  };
  return { state: 'deploying', plan, currentWave: 0, waveFinishedAt: null, targets: [], ...fields };
}

test('what moves has the rest of the usual time left, and later waves their observation and the usual time', () => {
  const targets = [{ wave: 0, state: 'progressing' as const, startedAt: ago(2 * minute) }];
  expect(leftOf(moving({ targets }))).toBe(3 * minute + 30_000 + 5 * minute);
  expect(leftOf(moving({ targets }, 2))).toBe(3 * minute + 30_000 + 2 * 5 * minute);
});

test('a region that takes longer than usual is expected at any moment', () => {
  const targets = [{ wave: 0, state: 'progressing' as const, startedAt: ago(60 * minute) }];
  expect(leftOf(moving({ targets }))).toBe(30_000 + 5 * minute);
});

test('of an observation only what is left of it counts', () => {
  expect(leftOf(moving({ state: 'baking', waveFinishedAt: ago(10_000) }))).toBe(20_000 + 5 * minute);
  expect(leftOf(moving({ state: 'baking', waveFinishedAt: ago(60 * minute) }))).toBe(5 * minute);
});

test('nothing is said while it waits for a person, goes back or has ended, and without history', () => {
  for (const state of ['paused', 'rollingBack', 'succeeded', 'held'] as const) expect(leftOf(moving({ state }))).toBeNull();
  expect(probableEndAt(moving({}), null, now)).toBeNull();
});

test('what is usual is the median of what was', () => {
  const took = (minutes: number) => ({ startedAt: ago(minutes * minute), finishedAt: now });
  expect(usualRegionMs([took(9), took(1), took(4)])).toBe(4 * minute);
  expect(usualRegionMs([])).toBeNull();
});
