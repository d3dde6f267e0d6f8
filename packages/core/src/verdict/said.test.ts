import { describe, expect, test } from 'vitest';
import { anExemption } from '../exemption/testing.ts';
import { aFreeze, aWindow } from '../freeze/testing.ts';
import { aRule, anotherDeployment, someFacts } from '../rule/testing.ts';
import type { OtherDeployment } from '../rule/index.ts';
import { evaluate } from './evaluate.ts';
import { changesOf, saidOf } from './said.ts';
import type { OpenSaid, Said } from './said.ts';
import { aContext, aGovernance, aRequest } from './testing.ts';
import type { VerdictContext } from './verdict.ts';

function saidUnder(
  policies: Parameters<typeof aGovernance>[0],
  over: Parameters<typeof aGovernance>[1] = {},
  context: Partial<VerdictContext> = {},
) {
  const whole = aContext(aGovernance(policies, over), context);
  return saidOf(evaluate(aRequest(), whole), whole);
}
const hold = (source: string) => aRule({ effect: { kind: 'hold' }, source });

describe('what is kept of a verdict', () => {
  test('names the policy with its revision, what it does, and from when on it is lifted', () => {
    const window = aWindow({ start: '2026-03-02T08:00', end: '2026-03-02T14:00', recurrence: null });
    expect(saidUnder({ freezes: [aFreeze({ revision: 7, window })] })).toEqual([
      {
        source: 'freeze',
        policyId: 'f1',
        revision: 7,
        effect: 'hold',
        isShadow: false,
        isLimit: false,
        sentence: 'Frozen by "Weekend"',
        waitsFor: [],
        exemption: null,
        earliestAt: new Date('2026-03-02T13:00:00Z'),
      },
    ]);
  });

  test('what is in shadow is marked, and what an exemption has passed says so', () => {
    const rules = [aRule({ id: 'r1' }), aRule({ id: 'r2', enforcement: 'shadow' })];
    const said = saidUnder({ rules }, { exemptions: [anExemption({ ruleId: 'r1' })] });
    expect(said.map(({ policyId, effect, isShadow, exemption }) => [policyId, effect, isShadow, exemption])).toEqual([
      ['r1', 'note', false, 'planned'],
      ['r2', 'deny', true, null],
    ]);
  });
});

describe('what a rule waits for', () => {
  const others = (...all: Partial<OtherDeployment>[]) => ({
    facts: someFacts({ others: all.map((one, index) => anotherDeployment({ id: `d${index}`, ...one })) }),
  });
  const waitsFor = (source: string, ...all: Partial<OtherDeployment>[]) =>
    saidUnder({ rules: [hold(source)] }, others(...all))[0]?.waitsFor;

  test('is each deployment that makes it speak by itself', () => {
    const midRollout = 'others.exists(o, o.relation == "dependency" && o.state == "inFlight")';
    expect(waitsFor(midRollout, {}, { relation: 'none' }, {})).toEqual(['deployment:d0', 'deployment:d2']);
  });

  test('is any deployment when none does so alone', () => {
    expect(waitsFor('others.filter(o, o.state == "inFlight").size() >= 2', {}, {})).toEqual(['deployments']);
    expect(waitsFor('!others.exists(o, o.state == "succeeded")', {})).toEqual(['deployments']);
  });

  test('is none when it looks at no other deployment', () => {
    expect(waitsFor('service.tier == "1"', {})).toEqual([]);
  });

  test('is its turn when it counts what moves', () => {
    const [said] = saidUnder({ rules: [hold('inFlight.tenant >= 1')] }, { facts: someFacts({ inFlight: { tenant: 1, platform: 1 } }) });
    expect(said).toMatchObject({ isLimit: true, waitsFor: [] });
  });

  test('is the deployment that moves in the same place', () => {
    const active = [{ id: 'd0', state: 'deploying', requestedByName: 'Grace' }];
    expect(saidUnder({}, {}, { active })).toMatchObject([{ policyId: 'one-at-a-time', waitsFor: ['deployment:d0'] }]);
  });
});

describe('what has to be written', () => {
  const said = (over: Partial<Said> = {}): Said => ({
    source: 'rule',
    policyId: 'r1',
    revision: 1,
    effect: 'hold',
    isShadow: false,
    isLimit: false,
    sentence: 'It waits',
    waitsFor: [],
    exemption: null,
    earliestAt: null,
    ...over,
  });
  const open = (over: Partial<OpenSaid> = {}): OpenSaid => ({ ...said(over), id: 'o1', ...over });

  test('is nothing while the same is said', () => {
    expect(changesOf([open()], [said()])).toEqual({ begun: [], changed: [], endedIds: [] });
  });

  test('other words of the same policy change what is kept and begin nothing anew', () => {
    const other = said({ sentence: 'It waits for Cart', waitsFor: ['deployment:d1'] });
    expect(changesOf([open()], [other])).toEqual({ begun: [], changed: [{ ...other, id: 'o1' }], endedIds: [] });
  });

  test('what is said no more has ended, and what has another effect or is exempt begins anew', () => {
    expect(changesOf([open()], [])).toEqual({ begun: [], changed: [], endedIds: ['o1'] });
    for (const other of [said({ effect: 'deny' }), said({ exemption: 'planned', effect: 'note' }), said({ isShadow: true })])
      expect(changesOf([open()], [other])).toEqual({ begun: [other], changed: [], endedIds: ['o1'] });
  });
});
