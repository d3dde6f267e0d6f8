import { expect, test } from 'vitest';
import { anExemption } from '../exemption/testing.ts';
import { aPlan, aGuardrail, aSubject } from '../guardrail/testing.ts';
import type { Guardrail } from '../guardrail/index.ts';
import { aRule } from '../rule/testing.ts';
import type { Rule } from '../rule/index.ts';
import { evaluate } from '../verdict/index.ts';
import type { Governance } from '../verdict/index.ts';
import { aContext, aGovernance, aRequest } from '../verdict/testing.ts';
import { mendPlan } from './index.ts';
import type { Nearest } from './index.ts';

function mended(
  { guardrails, rules = [] }: { guardrails: readonly Guardrail[]; rules?: readonly Rule[] },
  over: Partial<Governance> = {},
): Nearest | null {
  const context = aContext(aGovernance({ guardrails, rules }, { plan: aSubject(), ...over }));
  return mendPlan(aRequest(), context, evaluate(aRequest(), context));
}

const oneRegion = aGuardrail({ regionsAtOnceMax: 1, bakeTimeMinSeconds: 300 });

test('a plan that a guardrail refuses is mended, and nothing refuses it then', () => {
  const found = mended({ guardrails: [oneRegion] });
  expect(found).toMatchObject({ isEnough: true, addedSeconds: 300, remaining: [] });
  expect(found?.changes).toEqual(['2 waves instead of 1', '300 s between waves instead of 0 s']);
});

test('what refuses it beside the plan keeps the mended one from being enough', () => {
  expect(mended({ guardrails: [oneRegion], rules: [aRule({ effect: { kind: 'block' }, source: 'true' })] })?.isEnough).toBe(false);
  const byTag = mended(
    { guardrails: [aGuardrail({ regionsAtOnceMax: 1, imageByDigest: true })] },
    { plan: aSubject({ imageByDigest: false }) },
  );
  expect(byTag).toMatchObject({ isEnough: false, remaining: [expect.stringContaining('by a tag')] });
});

test('a plan that nothing in force refuses, or that no plan could mend, is left as it is', () => {
  expect(mended({ guardrails: [] })).toBeNull();
  expect(mended({ guardrails: [{ ...oneRegion, enforcement: 'shadow' }] })).toBeNull();
  expect(mended({ guardrails: [aGuardrail({ imageByDigest: true })] }, { plan: aSubject({ imageByDigest: false }) })).toBeNull();
  expect(mended({ guardrails: [oneRegion] }, { plan: aSubject({ plan: aPlan([['eu']]) }) })).toBeNull();
  expect(mended({ guardrails: [oneRegion] }, { plan: null })).toBeNull();
});

test('a guardrail in shadow changes nothing beside one in force', () => {
  const slow = { ...aGuardrail({ bakeTimeMinSeconds: 9_000 }), id: 'g2', enforcement: 'shadow' as const };
  expect(mended({ guardrails: [oneRegion, slow] })?.plan.bakeTimeSeconds).toBe(300);
});

test('a guardrail that an exemption lifts is not mended for', () => {
  const slow = { ...aGuardrail({ bakeTimeMinSeconds: 9_000 }), id: 'g2' };
  const governed = { plan: aSubject({ plan: aPlan([['eu', 'us'], ['ap']]) }), exemptions: [anExemption({ ruleId: 'g2' })] };
  expect(mended({ guardrails: [oneRegion, slow] }, governed)?.plan.bakeTimeSeconds).toBe(300);
});
