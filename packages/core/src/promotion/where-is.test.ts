import fc from 'fast-check';
import { expect, test } from 'vitest';
import { whereIs } from './where-is.ts';
import type { OnItsWay, RunningWith } from './where-is.ts';

const place = { environmentId: 'prod', region: 'eu' };
const running = (hasCommit: boolean): RunningWith => ({ ...place, version: '1.0.0', deploymentId: 'd1', since: new Date(0), hasCommit });
const onItsWay = (over: Partial<OnItsWay>): OnItsWay => ({
  ...place,
  version: '2.0.0',
  deploymentId: 'd2',
  hasCommit: true,
  stage: 'moves',
  weightPercent: 20,
  ...over,
});
const placeOf = (runs: RunningWith | null, ways: OnItsWay[]) =>
  whereIs([place], { running: runs === null ? [] : [runs], onItsWay: ways })[0];

test('a canary brings a commit with the weight that it has', () => {
  expect(placeOf(running(false), [onItsWay({})])).toMatchObject({
    state: 'arriving',
    weightPercent: 20,
    running: { version: '1.0.0' },
    change: { version: '2.0.0' },
  });
});

test('a version without it takes it away with the weight that it has', () => {
  expect(placeOf(running(true), [onItsWay({ hasCommit: false })])).toMatchObject({ state: 'leaving', weightPercent: 80 });
});

test('where both versions have it, all traffic does', () => {
  expect(placeOf(running(true), [onItsWay({})])).toMatchObject({ state: 'here', weightPercent: 100 });
  expect(placeOf(running(true), [])).toMatchObject({ state: 'here', weightPercent: 100, change: null });
});

test('what waits has not come, and is named; what waits without it changes nothing', () => {
  const waits = onItsWay({ stage: 'waits', weightPercent: 0 });
  expect(placeOf(running(false), [waits])).toMatchObject({ state: 'waiting', weightPercent: 0, change: { deploymentId: 'd2' } });
  expect(placeOf(running(false), [{ ...waits, hasCommit: false }])).toMatchObject({ state: 'notHere', change: null });
  expect(placeOf(null, [])).toMatchObject({ state: 'notHere', weightPercent: 0, running: null });
});

test('a share is never below nothing nor above everything', () => {
  fc.assert(
    fc.property(fc.option(fc.boolean()), fc.option(fc.boolean()), fc.integer({ min: 0, max: 100 }), (runs, moves, weightPercent) => {
      const found = placeOf(runs === null ? null : running(runs), moves === null ? [] : [onItsWay({ hasCommit: moves, weightPercent })]);
      expect(found?.weightPercent).toBeGreaterThanOrEqual(0);
      expect(found?.weightPercent).toBeLessThanOrEqual(100);
    }),
  );
});
