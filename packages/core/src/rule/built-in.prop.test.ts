import fc from 'fast-check';
import { expect, test } from 'vitest';
import { builtInRules, compileCondition, compileMessage, nextChangeAfter, prepareFacts, renderMessage, settingsOf } from './index.ts';
import type { RuleFacts } from './index.ts';
import { anotherDeployment, someFacts } from './testing.ts';

const start = new Date('2026-03-27T00:00:00Z').getTime();
const minutes = (from: number, to: number) => fc.integer({ min: from, max: to }).map((count) => new Date(start + count * 60_000));

const anyFacts: fc.Arbitrary<RuleFacts> = fc
  .record({
    others: fc.array(
      fc
        .record({
          relation: fc.constantFrom('same' as const, 'dependency' as const, 'none' as const),
          state: fc.constantFrom('inFlight' as const, 'queued' as const, 'failed' as const),
          environmentKind: fc.constantFrom('production', 'staging'),
          regions: fc.constantFrom(['eu'], ['us'], []),
          since: minutes(-500, 0),
        })
        .map(anotherDeployment),
      { maxLength: 4 },
    ),
    tenant: fc.integer({ min: 0, max: 25 }),
    inRegion: fc.integer({ min: 0, max: 12 }),
    lastGoodKnown: fc.boolean(),
    previousState: fc.constantFrom(null, 'rolledBack' as const, 'failed' as const),
    soakingSince: fc.option(minutes(-200, 0)),
    newerBelow: fc.constantFrom([], ['Staging']),
    budget: fc.constantFrom(null, 0, 12.5),
    zone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'),
    startMinute: fc.integer({ min: 0, max: 1_000 }),
  })
  .map((any) =>
    someFacts({
      others: any.others,
      inFlight: { tenant: any.tenant, platform: any.tenant },
      targets: [
        {
          region: 'eu',
          cluster: 'c1',
          inFlightInRegion: any.inRegion,
          inFlightInCluster: 0,
          hasRelease: true,
          lastGoodKnown: any.lastGoodKnown,
        },
      ],
      previous: any.previousState === null ? null : { id: 'd0', state: any.previousState, digest: 'sha256:a', endedAt: new Date(start) },
      artifact: { ...someFacts().artifact, soakingSince: any.soakingSince, newerBelow: any.newerBelow },
      errorBudget: any.budget === null ? null : { remainingPercent: any.budget, burnRate: 1 },
      service: {
        ...someFacts().service,
        workingHours: { zone: any.zone, days: [1, 2, 3, 4, 5, 6, 7], startMinute: any.startMinute, endMinute: 1_200 },
      },
    }),
  );

function compiledOf(source: string) {
  const compiled = compileCondition(source);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  return compiled.expression;
}

test.each(builtInRules.map((one) => [one.key, one] as const))('%s as functions holds and says what its expressions do', (_key, builtIn) => {
  const settings = settingsOf(builtIn, {});
  const expression = compiledOf(builtIn.condition(settings));
  const compiled = compileMessage(builtIn.message);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const { message } = compiled;
  fc.assert(
    fc.property(anyFacts, minutes(0, 5_000), (facts, now) => {
      const values = prepareFacts(facts).valuesAt(now);
      expect(builtIn.holds(facts, now, settings)).toBe(expression.evaluate(values));
      expect(builtIn.says(facts, now)).toBe(renderMessage(message, values));
    }),
  );
});

const timed = [
  'artifact.soakMinutes < 61',
  'time.workingHours',
  'time.hour >= 22 || time.weekday == 7',
  'time.minuteOfDay == 601',
  'time.date == "2026-03-29" && time.minuteOfDay < 180',
  'others.exists(o, o.ageMinutes >= 30 && o.ageMinutes < 45)',
  'artifact.ageMinutes % 7 == 3',
  'cel.bind(t, time, t.minuteOfDay < 30)',
];

test.each(timed)('between two changes that are named, "%s" answers the same at every minute', (source) => {
  const expression = compiledOf(source);
  fc.assert(
    fc.property(anyFacts, minutes(0, 4_000), (facts, now) => {
      const prepared = prepareFacts(facts);
      const until = nextChangeAfter(expression.time, facts, now)?.getTime() ?? Infinity;
      const answer = expression.evaluate(prepared.valuesAt(now));
      for (let at = now.getTime(); at < Math.min(until, now.getTime() + 120 * 60_000); at += 60_000)
        expect(expression.evaluate(prepared.valuesAt(new Date(at)))).toBe(answer);
    }),
    { numRuns: 40 },
  );
});
