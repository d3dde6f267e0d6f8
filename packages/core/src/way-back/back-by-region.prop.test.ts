import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targetState } from '../deployment/index.ts';
import { endedWayBack, planBack } from './back-by-region.ts';
import type { RegionBehind } from './back-by-region.ts';

const behind = (region: string, over: Partial<RegionBehind> = {}): RegionBehind => ({
  targetId: `target-${region}`,
  region,
  state: 'healthy',
  isOvertaken: false,
  lastGood: { artifactId: 'build-1', version: '1.1.0' },
  ...over,
});

const anyRegions = fc
  .uniqueArray(
    fc.record({
      region: fc.constantFrom('ap', 'eu', 'sa', 'us', 'za'),
      state: fc.constantFrom(...targetState.options),
      isOvertaken: fc.boolean(),
      lastGood: fc.option(
        fc.integer({ min: 1, max: 3 }).map((build) => ({ artifactId: `build-${build}`, version: `1.${build}.0` })),
        { nil: null, freq: 4 },
      ),
    }),
    { selector: ({ region }) => region },
  )
  .map((all) => all.map((one) => ({ ...one, targetId: `target-${one.region}` })));

test('every region goes back exactly once, to its own last good version, or stays with a reason', () => {
  fc.assert(
    fc.property(anyRegions, (regions) => {
      const { legs, stays } = planBack(regions);
      const told = [...legs.flatMap((leg) => leg.regions), ...stays.map(({ region }) => region)];
      expect(told.toSorted()).toEqual(regions.map(({ region }) => region).toSorted());
      for (const { artifactId, version, targetIds } of legs)
        for (const targetId of targetIds)
          expect(regions.find((one) => one.targetId === targetId)).toMatchObject({ isOvertaken: false, lastGood: { artifactId, version } });
      expect(new Set(legs.map(({ artifactId }) => artifactId)).size).toBe(legs.length);
      for (const { why } of stays) expect(why).not.toBe('');
    }),
  );
});

test('what was touched and still stands there goes back wherever there is something to go back to, whatever the other regions do', () => {
  fc.assert(
    fc.property(anyRegions, (regions) => {
      const moved = planBack(regions).legs.flatMap(({ targetIds }) => targetIds);
      const expected = regions.filter(
        ({ state, isOvertaken, lastGood }) => !['pending', 'skipped', 'rolledBack'].includes(state) && !isOvertaken && lastGood !== null,
      );
      expect(moved.toSorted()).toEqual(expected.map(({ targetId }) => targetId).toSorted());
      expect(planBack(regions.toReversed())).toEqual(planBack(regions));
    }),
  );
});

describe('a rollback', () => {
  test('takes regions together that go back to the same version, the most first', () => {
    const regions = [behind('ap', { lastGood: { artifactId: 'build-2', version: '1.2.0' } }), behind('eu'), behind('us')];
    expect(planBack(regions)).toEqual({
      legs: [
        { artifactId: 'build-1', version: '1.1.0', targetIds: ['target-eu', 'target-us'], regions: ['eu', 'us'] },
        { artifactId: 'build-2', version: '1.2.0', targetIds: ['target-ap'], regions: ['ap'] },
      ],
      stays: [],
    });
  });

  test('leaves alone what it did not touch, what went back, what a later one has changed, and what had nothing before', () => {
    const regions = [
      behind('ap', { state: 'skipped' }),
      behind('eu', { state: 'rolledBack' }),
      behind('sa', { isOvertaken: true }),
      behind('us', { lastGood: null }),
      behind('za', { state: 'failed' }),
    ];
    expect(planBack(regions)).toMatchObject({
      legs: [{ regions: ['za'] }],
      stays: [
        { region: 'ap', why: 'the deployment changed nothing there' },
        { region: 'eu', why: 'it went back already' },
        { region: 'sa', why: 'a later deployment was healthy there' },
        { region: 'us', why: 'no other version was healthy there before' },
      ],
    });
  });

  test('is none where no region has anything to go back to', () => {
    expect(endedWayBack([behind('eu', { lastGood: null }), behind('us', { state: 'skipped' })])).toBe('none');
    expect(endedWayBack([behind('eu', { lastGood: null }), behind('us')])).toBe('open');
  });

  test('is past when later ones have taken its place wherever it came', () => {
    expect(endedWayBack([behind('eu', { isOvertaken: true }), behind('us')])).toBe('open');
    expect(endedWayBack([behind('eu', { isOvertaken: true }), behind('us', { state: 'skipped' })])).toBe('overtaken');
  });
});
