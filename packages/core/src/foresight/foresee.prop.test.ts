import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Freeze, FreezeInput } from '../freeze/index.ts';
import { aFreeze, aWindow } from '../freeze/testing.ts';
import type { Rule } from '../rule/index.ts';
import { aRule, anotherDeployment, someFacts } from '../rule/testing.ts';
import { itemsInForce } from '../verdict/index.ts';
import { foresee } from './index.ts';
import type { World } from './index.ts';
import { aWorld, inMinutes } from './testing.ts';
import { contextAt } from './world.ts';

const minuteMs = 60_000;
const horizonMinutes = 24 * 60;

const anyHolds: fc.Arbitrary<Rule[]> = fc
  .array(
    fc.record({
      source: fc.constantFrom(
        'time.hour < 13 || time.weekday > 5',
        '!time.workingHours',
        'time.minuteOfDay >= 690 && time.minuteOfDay < 777',
        'artifact.soakMinutes < 3000',
        'others.exists(o, o.state == "inFlight" && o.relation == "dependency")',
        'targets.exists(t, t.inFlightInRegion > 0)',
        'inFlight.tenant > 1',
      ),
      effect: fc.constantFrom({ kind: 'hold' as const }, { kind: 'requireApprovals' as const, count: 1 }),
    }),
    { maxLength: 3 },
  )
  .map((all) => all.map((rule, index) => aRule({ id: `r${index}`, ...rule })));

const anyFreeze = (inFlight: readonly FreezeInput['inFlight'][]): fc.Arbitrary<Freeze> =>
  fc
    .record({
      start: fc.integer({ min: -300, max: 1_500 }),
      minutes: fc.integer({ min: 1, max: 900 }),
      every: fc.constantFrom(null, 'FREQ=DAILY'),
      inFlight: fc.constantFrom(...inFlight),
      number: fc.integer({ min: 0, max: 1_000_000 }),
    })
    .map(({ start, minutes, every, number, inFlight: effect }) => {
      const wall = (at: number): string =>
        inMinutes(at + 60)
          .toISOString()
          .slice(0, 16);
      const window = aWindow({ start: wall(start), end: wall(start + minutes), recurrence: every });
      return aFreeze({ id: `f${number}`, inFlight: effect, window });
    });

const anyOthers = fc.array(
  fc.record({
    begins: fc.integer({ min: -100, max: 200 }),
    minutes: fc.integer({ min: 1, max: 300 }),
    relation: fc.constantFrom('dependency' as const, 'none' as const),
  }),
  { maxLength: 3 },
);

const anyWorld = (inFlight: readonly FreezeInput['inFlight'][]): fc.Arbitrary<WorldInput> =>
  fc.record({
    rules: anyHolds,
    freezes: fc.array(anyFreeze(inFlight), { maxLength: 2 }),
    others: anyOthers,
    approvedIn: fc.integer({ min: 0, max: 600 }),
    readyIn: fc.integer({ min: 0, max: 20 }),
  });

interface WorldInput {
  rules: Rule[];
  freezes: Freeze[];
  others: { begins: number; minutes: number; relation: 'dependency' | 'none' }[];
  approvedIn: number;
  readyIn: number;
}

function build({ rules, freezes, others, approvedIn, readyIn }: WorldInput): World {
  const us = { region: 'us', cluster: 'c2', inFlightInRegion: 0, inFlightInCluster: 0, hasRelease: true, lastGoodKnown: true };
  const moving = others.filter(({ begins }) => begins <= 0).length;
  const facts = someFacts({
    targets: [{ ...us, region: 'eu', inFlightInRegion: moving }, us],
    inFlight: { tenant: moving, platform: moving },
    others: others.map(({ begins, relation }, index) =>
      anotherDeployment({ id: `o${index}`, relation, state: begins <= 0 ? 'inFlight' : 'queued', since: inMinutes(begins) }),
    ),
  });
  return aWorld({
    policies: { rules, freezes },
    governance: { facts },
    approvedAt: inMinutes(approvedIn),
    readyAt: inMinutes(readyIn),
    others: others.map(({ begins, minutes }, index) => ({
      deploymentId: `o${index}`,
      startsAt: inMinutes(begins),
      endsAt: inMinutes(Math.max(1, begins + minutes)),
    })),
  });
}

/** The first minute at which the verdict, as it will be asked for then, lets it begin; approvals count from the time at which people will have said yes. */
function firstByStepping(world: World): Date | null {
  for (
    let at = world.readyAt;
    at.getTime() <= world.readyAt.getTime() + horizonMinutes * minuteMs;
    at = new Date(at.getTime() + minuteMs)
  ) {
    const effects = itemsInForce(world.request, contextAt(world, at, 'start')).map(({ finding }) => finding?.reason.effect);
    if (!effects.some((effect) => effect === 'hold' || (effect === 'approvals' && at < world.approvedAt))) return at;
  }
  return null;
}

test('the foreseen start is the first minute at which nothing stands against it, found by stepping the clock', () => {
  fc.assert(
    fc.property(anyWorld(['finish', 'hold']), (input) => {
      const world = build(input);
      const { startAt } = foresee(world);
      const stepped = firstByStepping(world);
      if (stepped !== null) expect(startAt).toEqual(stepped);
      else expect(startAt === null || startAt.getTime() > world.readyAt.getTime() + horizonMinutes * minuteMs).toBe(true);
    }),
    { numRuns: 100, endOnFailure: true },
  );
});

test('a freeze more never lets it start earlier, and, where none takes it back, never lets it arrive earlier', () => {
  const effects = ['finish', 'finishWave', 'hold'] as const;
  fc.assert(
    fc.property(anyWorld(effects), anyFreeze(effects), (input, more) => {
      const [before, after] = [foresee(build(input)), foresee(build({ ...input, freezes: [...input.freezes, more] }))];
      expect(timeOf(after.startAt)).toBeGreaterThanOrEqual(timeOf(before.startAt));
      expect(timeOf(after.endAt)).toBeGreaterThanOrEqual(timeOf(before.endAt));
    }),
    { numRuns: 150 },
  );
});

function timeOf(at: Date | null): number {
  return at?.getTime() ?? Infinity;
}

test('waves follow each other, parts follow each other, and nothing lies before now', () => {
  fc.assert(
    fc.property(anyWorld(['finish', 'finishWave', 'hold', 'rollBack']), (input) => {
      const found = foresee(build(input));
      const times = [
        found.at,
        ...(found.startAt === null ? [] : [found.startAt]),
        ...found.waves.flatMap(({ startAt, parts, endAt, bakedAt }) => [
          startAt,
          ...parts.flatMap(({ fromAt, untilAt }) => [fromAt, untilAt]),
          ...(endAt === null ? [] : [endAt]),
          ...(bakedAt === null ? [] : [bakedAt]),
        ]),
      ].map((time) => time.getTime());
      expect(times).toEqual(times.toSorted((left, right) => left - right));
      expect(found.outcome === 'arrives').toBe(found.endAt !== null);
      for (const { fromAt, untilAt } of found.holds) expect(timeOf(untilAt)).toBeGreaterThan(fromAt.getTime());
    }),
    { numRuns: 150 },
  );
});
