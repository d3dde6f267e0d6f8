import { describe, expect, test } from 'vitest';
import { anExemption } from '../exemption/testing.ts';
import { aFreeze, aWindow } from '../freeze/testing.ts';
import { gate } from '../gate/index.ts';
import { aGuardrail, aSubject } from '../guardrail/testing.ts';
import type { RuleAction } from '../rule/index.ts';
import { aRule, anotherDeployment, someFacts } from '../rule/testing.ts';
import { evaluate } from './evaluate.ts';
import { aContext, aGovernance, aRequest, monday } from './testing.ts';

type Policies = Parameters<typeof aGovernance>[0];
type Over = Parameters<typeof aGovernance>[1];
const judge = (policies: Policies, over: Over = {}, context: Parameters<typeof aContext>[1] = {}) =>
  evaluate(aRequest(), aContext(aGovernance(policies, over), context));
const asking = (action: RuleAction) => ({ facts: someFacts({ request: { ...someFacts().request, action } }) });
const weekendOnMonday = aFreeze({ window: aWindow({ start: '2026-03-02T08:00', end: '2026-03-02T14:00', recurrence: null }) });
const approved = (approvedCount: number) => ({ approval: { approvedCount, subjectHash: 'h1', state: 'approved' as const } });

describe('rules', () => {
  test('a block denies, a hold holds, a warning tells, and an allow never outweighs', () => {
    expect(judge({ rules: [aRule()] })).toMatchObject({
      kind: 'denied',
      reasons: [{ rule: 'r1', owner: 'Shop', source: 'rule', effect: 'deny', sentence: 'A rule' }],
    });
    expect(judge({ rules: [aRule({ effect: { kind: 'hold' } })] })).toMatchObject({ kind: 'heldUntil', until: null });
    expect(judge({ rules: [aRule({ effect: { kind: 'warn' } })] })).toMatchObject({
      kind: 'allowed',
      reasons: [{ effect: 'note' }],
      earliestAt: monday,
    });
    expect(judge({ rules: [aRule(), aRule({ id: 'r0', effect: { kind: 'allow' } })] }).kind).toBe('denied');
  });

  test('a rule asks for more people than the environment does, and names how many in all', () => {
    const rules = [aRule({ effect: { kind: 'requireApprovals', count: 3 } })];
    const environment = { name: 'Production', requiredApprovals: 1, archivedAt: null };
    expect(judge({ rules }, {}, { environment, ...approved(1) })).toMatchObject({
      kind: 'needsApprovals',
      missing: 2,
      approvalsRequired: 3,
    });
    expect(judge({ rules }, {}, { environment, ...approved(3) })).toMatchObject({
      kind: 'allowed',
      approvalsRequired: 3,
      earliestAt: monday,
    });
  });

  test('a rule that cannot be asked holds what it could have stopped, and names itself and the error', () => {
    const found = judge({ rules: [aRule({ title: 'Team rule', source: 'service.labels.nobody == "x"' })] });
    expect(found).toMatchObject({
      kind: 'heldUntil',
      until: null,
      reasons: [{ sentence: 'The rule "Team rule" could not be asked: No such key: nobody' }],
    });
    expect(judge({ rules: [aRule({ effect: { kind: 'warn' }, source: 'service.labels.nobody == "x"' })] })).toMatchObject({
      kind: 'allowed',
      reasons: [{ effect: 'note' }],
    });
  });

  test('a rule in shadow is told apart and decides nothing, one that is off is not looked at', () => {
    expect(judge({ rules: [aRule({ enforcement: 'shadow' })] })).toMatchObject({
      kind: 'allowed',
      reasons: [],
      shadow: [{ rule: 'r1', effect: 'deny' }],
      earliestAt: monday,
    });
    expect(judge({ rules: [aRule({ enforcement: 'off' })] })).toMatchObject({ kind: 'allowed', reasons: [], shadow: [] });
  });

  test('a rule of another place or for another action says nothing', () => {
    expect(judge({ rules: [aRule({ scope: { tiers: ['3'] } })] }).kind).toBe('allowed');
    expect(judge({ rules: [aRule({ appliesTo: { actions: ['promote'] } })] }).kind).toBe('allowed');
    expect(judge({ rules: [aRule({ appliesTo: { invokers: ['automation'] } })] }).kind).toBe('allowed');
  });

  test.each(['rollback', 'abort', 'pause'] as const)('%s is exempt unless a rule names it', (action) => {
    const everything = { rules: [aRule()], freezes: [weekendOnMonday], guardrails: [aGuardrail({ canaryRequired: true })] };
    expect(judge(everything, { ...asking(action), plan: aSubject() }).kind).toBe('allowed');
    expect(judge({ rules: [aRule({ appliesTo: { actions: [action] } })] }, asking(action)).kind).toBe('denied');
  });

  test('a rollback is a rollback whatever its action says', () => {
    const context = aContext(aGovernance({ rules: [aRule()] }, asking('create')));
    expect(evaluate(aRequest({ kind: 'rollback' }), context).kind).toBe('allowed');
  });

  test('a dependency that is mid-rollout holds, and says which', () => {
    const rules = [aRule({ effect: { kind: 'hold' }, condition: { kind: 'builtIn', use: { key: 'dependency-mid-rollout' } } })];
    expect(judge({ rules }, { facts: someFacts({ others: [anotherDeployment()] }) })).toMatchObject({
      kind: 'heldUntil',
      until: null,
      reasons: [
        {
          rule: 'dependency-mid-rollout',
          id: 'r1',
          sentence: expect.stringContaining('Cart'),
          liftedBy: 'the end of that deployment, or whoever runs it',
        },
      ],
    });
  });
});

describe('freezes', () => {
  test('a freeze holds until its end and says whose it is', () => {
    expect(judge({ freezes: [weekendOnMonday] })).toMatchObject({
      kind: 'heldUntil',
      until: new Date('2026-03-02T13:00:00Z'),
      reasons: [{ source: 'freeze', owner: 'Release management', earliestAt: new Date('2026-03-02T13:00:00Z') }],
    });
    expect(judge({ freezes: [weekendOnMonday] }, {}, { now: new Date('2026-03-02T13:00:00Z') }).kind).toBe('allowed');
    expect(judge({ freezes: [aFreeze({ ...weekendOnMonday, exceptServiceIds: ['checkout'] })] }).kind).toBe('allowed');
  });

  test('a deployment that is moving is treated as the freeze says', () => {
    const moving = (inFlight: 'finish' | 'finishWave' | 'hold' | 'rollBack', beginsWave: boolean) =>
      judge({ freezes: [aFreeze({ ...weekendOnMonday, inFlight })] }, { ...asking('advance'), beginsWave }).kind;
    expect(moving('finish', true)).toBe('allowed');
    expect(moving('finishWave', false)).toBe('allowed');
    expect(moving('finishWave', true)).toBe('heldUntil');
    expect(moving('hold', false)).toBe('heldUntil');
    expect(moving('rollBack', false)).toBe('heldUntil');
  });

  test('the earliest time is after the freeze, after the soak and within working hours', () => {
    const rules = [
      aRule({
        id: 'soak',
        effect: { kind: 'hold' },
        condition: { kind: 'builtIn', use: { key: 'not-soaked', settings: { minutes: 390 } } },
      }),
      aRule({ id: 'hours', effect: { kind: 'hold' }, condition: { kind: 'builtIn', use: { key: 'outside-working-hours' } } }),
    ];
    const facts = someFacts({ artifact: { ...someFacts().artifact, soakingSince: monday } });
    const found = judge({ rules, freezes: [weekendOnMonday] }, { facts });
    // The freeze ends at 14:00, the soak at 17:30 when nobody works any more: Tuesday, 9:00 in Berlin.
    expect(found).toMatchObject({ kind: 'heldUntil', until: new Date('2026-03-03T08:00:00Z') });
    expect(found.reasons.map(({ id, earliestAt }) => [id, earliestAt?.toISOString()])).toEqual([
      ['f1', '2026-03-02T13:00:00.000Z'],
      ['soak', '2026-03-02T16:30:00.000Z'],
    ]);
  });

  test('a block by the calendar denies now and names the time from which it could be asked for', () => {
    expect(judge({ rules: [aRule({ source: 'time.hour < 14' })] })).toMatchObject({
      kind: 'denied',
      earliestAt: new Date('2026-03-02T13:00:00Z'),
    });
  });
});

describe('guardrails and gates', () => {
  test('a plan that crosses a limit is denied with the way out', () => {
    expect(judge({ guardrails: [aGuardrail({ canaryRequired: true })] }, { plan: aSubject() })).toMatchObject({
      kind: 'denied',
      reasons: [{ source: 'guardrail', owner: 'Reliability', liftedBy: 'the nearest plan that passes' }],
    });
  });

  const tested = gate.parse({
    id: 'g1',
    revision: 1,
    title: 'Production gate',
    owner: { kind: 'tenant', name: 'Shop' },
    scope: {},
    appliesTo: {},
    enforcement: 'enforce',
    checks: [{ kind: 'tests', key: 'tests', title: 'Tests' }],
  });
  const tests = (failed: number) => ({
    kind: 'tests' as const,
    id: 'e1',
    digest: 'sha256:a',
    recordedAt: new Date('2026-03-01T00:00:00Z'),
    expiresAt: null,
    by: 'CI',
    passed: 9,
    failed,
  });

  test('a gate holds without evidence, denies by what failed, and lets through what passed', () => {
    expect(judge({ gates: [tested] })).toMatchObject({
      kind: 'heldUntil',
      until: null,
      reasons: [{ source: 'gate', sentence: 'Production gate: Tests: there is no evidence yet' }],
    });
    expect(judge({ gates: [tested] }, { evidence: [tests(1)] })).toMatchObject({ kind: 'denied' });
    expect(judge({ gates: [tested] }, { evidence: [tests(0)] })).toMatchObject({ kind: 'allowed', reasons: [] });
  });
});

describe('exemptions', () => {
  test('a planned one lets exactly this deployment pass this rule, and says who gave it and why', () => {
    const rules = [aRule()];
    expect(judge({ rules }, { exemptions: [anExemption({ ruleId: 'r1' })] })).toMatchObject({
      kind: 'allowed',
      reasons: [{ effect: 'note', sentence: 'A rule. Exempt by Grace (Fix of the outage, INC-1)' }],
    });
    expect(judge({ rules }, { exemptions: [anExemption({ deploymentId: 'd2' })] }).kind).toBe('denied');
    expect(judge({ rules: [...rules, aRule({ id: 'r2' })] }, { exemptions: [anExemption()] }).kind).toBe('denied');
    expect(judge({ rules }, { exemptions: [anExemption({ usedBy: 'another start' })] }).kind).toBe('denied');
    expect(judge({ rules }, { exemptions: [anExemption({ endsAt: monday })] }).kind).toBe('denied');
  });

  test('given for a place, it opens a preview and each deployment there, and the verdict names it', () => {
    const governance = aGovernance({ rules: [aRule()] }, { useKey: null, exemptions: [anExemption({ deploymentId: null })] });
    expect(evaluate(aRequest({ deploymentId: null }), aContext(governance))).toMatchObject({ kind: 'allowed', exemptionIds: ['x1'] });
    expect(evaluate(aRequest({ deploymentId: 'd2' }), aContext({ ...governance, useKey: 'd2' })).kind).toBe('allowed');
    expect(evaluate(aRequest(), aContext(aGovernance({ rules: [aRule()] }))).exemptionIds).toEqual([]);
  });

  test('it asks for the people that open reviews have made it need', () => {
    const over = { exemptions: [anExemption({ approvalsRequired: 1 })] };
    expect(judge({ rules: [aRule()] }, over)).toMatchObject({ kind: 'needsApprovals', missing: 1, approvalsRequired: 1 });
    expect(judge({ rules: [aRule()] }, over, approved(1)).kind).toBe('allowed');
  });

  test('it opens nothing for a preview when it is of a deployment, nor for Flow’s own rules', () => {
    const context = aContext(aGovernance({ rules: [aRule()] }, { exemptions: [anExemption()] }));
    expect(evaluate(aRequest({ deploymentId: null }), context).kind).toBe('denied');
    const archived = { ...context, service: { name: 'Checkout', archivedAt: monday } };
    expect(evaluate(aRequest(), archived).kind).toBe('denied');
  });

  test('a break-glass asks for people instead of what the rule did', () => {
    const glass = (approvalsRequired: number) => ({ exemptions: [anExemption({ kind: 'breakGlass', approvalsRequired })] });
    expect(judge({ freezes: [aFreeze({ ...weekendOnMonday, id: 'r1' })] }, glass(0))).toMatchObject({
      kind: 'allowed',
      reasons: [{ sentence: expect.stringContaining('someone else must review it') }],
    });
    expect(judge({ rules: [aRule()] }, glass(2))).toMatchObject({ kind: 'needsApprovals', missing: 2, approvalsRequired: 2 });
    expect(judge({ rules: [aRule()] }, glass(2), approved(2)).kind).toBe('allowed');
  });
});
