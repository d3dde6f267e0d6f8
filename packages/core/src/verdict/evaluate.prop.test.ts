import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anExemption } from '../exemption/testing.ts';
import { activeAt, holdsAction } from '../freeze/index.ts';
import type { Freeze } from '../freeze/index.ts';
import { aFreeze, aWindow } from '../freeze/testing.ts';
import { prepareFacts, speaksAt } from '../rule/index.ts';
import type { Rule, RuleFacts } from '../rule/index.ts';
import { aRule, anotherDeployment, someFacts } from '../rule/testing.ts';
import { evaluate } from './evaluate.ts';
import { aContext, aGovernance, aRequest, monday } from './testing.ts';
import type { Verdict } from './verdict.ts';

const minuteMs = 60_000;
const sources = [
  'true',
  'false',
  'service.tier == "1"',
  'service.labels.nobody == "x"',
  'artifact.soakMinutes < 240',
  '!time.workingHours',
  'time.hour < 13 || time.weekday > 5',
  'time.minuteOfDay >= 600 && time.minuteOfDay < 777',
  'others.exists(o, o.ageMinutes < 90)',
  'artifact.ageMinutes % 3 != 0',
];
const anyEffect = fc.oneof(
  fc.constantFrom({ kind: 'allow' as const }, { kind: 'warn' as const }, { kind: 'hold' as const }, { kind: 'block' as const }),
  fc.integer({ min: 1, max: 3 }).map((count) => ({ kind: 'requireApprovals' as const, count })),
);
const anyRule = fc.record({
  source: fc.constantFrom(...sources),
  effect: anyEffect,
  enforcement: fc.constantFrom('enforce' as const, 'enforce' as const, 'shadow' as const, 'off' as const),
  tiers: fc.constantFrom<string[]>([], ['1'], ['2']),
});
const anyRules: fc.Arbitrary<Rule[]> = fc
  .array(anyRule, { maxLength: 5 })
  .map((rules) => rules.map(({ tiers, ...rule }, index) => aRule({ id: `r${index}`, scope: { tiers }, ...rule })));
const anyFreezes: fc.Arbitrary<Freeze[]> = fc
  .array(
    fc.record({
      startHour: fc.integer({ min: 0, max: 22 }),
      hours: fc.integer({ min: 1, max: 30 }),
      every: fc.constantFrom(null, 'FREQ=WEEKLY;BYDAY=MO,TU', 'FREQ=DAILY;INTERVAL=2'),
    }),
    {
      maxLength: 3,
    },
  )
  .map((all) =>
    all.map(({ startHour, hours, every }, index) => {
      const start = Date.parse(`2026-03-02T${String(startHour).padStart(2, '0')}:00:00Z`);
      const wall = (at: number) => new Date(at).toISOString().slice(0, 16);
      return aFreeze({
        id: `f${index}`,
        window: aWindow({ start: wall(start), end: wall(start + hours * 60 * minuteMs), recurrence: every }),
      });
    }),
  );
const anyFacts: fc.Arbitrary<RuleFacts> = fc
  .record({ soaked: fc.integer({ min: 0, max: 400 }), age: fc.integer({ min: 0, max: 200 }) })
  .map(({ soaked, age }) =>
    someFacts({
      artifact: { ...someFacts().artifact, soakingSince: new Date(monday.getTime() - soaked * minuteMs) },
      others: [anotherDeployment({ since: new Date(monday.getTime() - age * minuteMs) })],
    }),
  );
const anyWorld = fc.record({ rules: anyRules, freezes: anyFreezes, facts: anyFacts, approvals: fc.integer({ min: 0, max: 3 }) });
type World = typeof anyWorld extends fc.Arbitrary<infer T> ? T : never;

function judge({ rules, freezes, facts, approvals }: World, now = monday): Verdict {
  const approval = { approvedCount: approvals, subjectHash: 'h1', state: 'approved' as const };
  return evaluate(aRequest(), aContext(aGovernance({ rules, freezes }, { facts }), { now, approval }));
}

const strictness = { allowed: 0, heldUntil: 1, needsApprovals: 2, denied: 3 } as const;

test('adding a rule or a freeze never makes an answer milder', () => {
  fc.assert(
    fc.property(anyWorld, anyRule, (world, { tiers, ...added }) => {
      const more = { ...world, rules: [...world.rules, aRule({ id: 'added', scope: { tiers }, ...added })] };
      expect(strictness[judge(more).kind]).toBeGreaterThanOrEqual(strictness[judge(world).kind]);
      const frozen = { ...world, freezes: [...world.freezes, aFreeze({ id: 'added' })] };
      expect(strictness[judge(frozen).kind]).toBeGreaterThanOrEqual(strictness[judge(world).kind]);
    }),
    { numRuns: 150 },
  );
});

test('the answer is the same each time, whatever order the rules are given in', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const turned = { ...world, rules: world.rules.toReversed(), freezes: world.freezes.toReversed() };
      expect(judge(turned)).toEqual(judge(world));
      expect(judge(world)).toEqual(judge(world));
    }),
    { numRuns: 150 },
  );
});

test('nothing is refused or held without a reason that names what lifts it', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const answer = judge(world);
      const deciding = { denied: 'deny', needsApprovals: 'approvals', heldUntil: 'hold' } as const;
      const standing = answer.reasons.filter(({ effect }) => effect !== 'note');
      expect(standing.every(({ sentence, liftedBy, owner }) => sentence !== '' && liftedBy !== '' && owner !== '')).toBe(true);
      if (answer.kind === 'allowed') expect(standing).toEqual([]);
      else expect(standing.map(({ effect }) => effect)).toContain(deciding[answer.kind]);
    }),
    { numRuns: 150 },
  );
});

test('what is in shadow or switched off changes nothing', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const { shadow: _shadow, ...without } = judge({
        ...world,
        rules: world.rules.filter(({ enforcement }) => enforcement === 'enforce'),
      });
      expect(judge(world)).toMatchObject(without);
    }),
    { numRuns: 100 },
  );
});

test('an exemption of one deployment changes the answer of no other', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const exemptions = [...world.rules, ...world.freezes].map(({ id }) => anExemption({ id: `x-${id}`, ruleId: id, deploymentId: 'd1' }));
      const context = aContext(aGovernance({ rules: world.rules, freezes: world.freezes }, { facts: world.facts, exemptions }));
      const without = aContext(aGovernance({ rules: world.rules, freezes: world.freezes }, { facts: world.facts }));
      expect(evaluate(aRequest({ deploymentId: 'd2' }), context)).toEqual(evaluate(aRequest({ deploymentId: 'd2' }), without));
    }),
    { numRuns: 100 },
  );
});

/** Looks at each rule and each freeze at one minute, knowing nothing of change points. */
function standsAt({ rules, freezes, facts, approvals }: World, at: Date): boolean {
  const prepared = prepareFacts(facts);
  const byRule = rules.some(({ scope, effect, enforcement, ...rule }) => {
    if (enforcement !== 'enforce' || scope.tiers.includes('2') || effect.kind === 'allow' || effect.kind === 'warn') return false;
    const broken = rule.condition.kind === 'expression' && rule.condition.source.includes('nobody');
    const approved = effect.kind === 'requireApprovals' && approvals >= effect.count && !broken;
    return !approved && speaksAt({ scope, effect, enforcement, ...rule }, prepared, at);
  });
  return byRule || freezes.some((freeze) => holdsAction(freeze, 'create', true) && activeAt(freeze.window, at) !== null);
}

test('the earliest time is the first minute at which nothing stands against it, stepping the clock minute by minute for three days', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const horizon = 3 * 1_440;
      let first: number | null = null;
      for (let minute = 0; minute < horizon && first === null; minute += 1)
        if (!standsAt(world, new Date(monday.getTime() + minute * minuteMs))) first = minute;
      const { earliestAt } = judge(world);
      const named = earliestAt === null ? null : (earliestAt.getTime() - monday.getTime()) / minuteMs;
      expect(named !== null && named >= horizon ? null : named).toBe(first);
    }),
    { numRuns: 60 },
  );
});

test('at the earliest time the answer is yes, and before it no', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const { earliestAt } = judge(world);
      if (earliestAt === null) return;
      expect(judge(world, earliestAt).kind).toBe('allowed');
      if (earliestAt > monday) expect(judge(world, new Date(earliestAt.getTime() - minuteMs)).kind).not.toBe('allowed');
    }),
    { numRuns: 100 },
  );
});
