import fc from 'fast-check';
import { expect, test } from 'vitest';
import { prepareRule } from '../rule/index.ts';
import { aContext, aGovernance, aRequest } from '../verdict/testing.ts';
import { evaluate } from '../verdict/index.ts';
import type { Verdict } from '../verdict/index.ts';
import { givens, quietMonday, whens } from '../verdict/scenarios/phrases.ts';
import type { World } from '../verdict/scenarios/phrases.ts';
import { explain, explanation, explanationAsText } from './index.ts';
import type { Consideration, Explanation } from './index.ts';

/** Anything that the scenarios can build up, asked in any way that they can ask. */
const anyWorld = fc
  .record({
    given: fc.uniqueArray(fc.constantFrom(...Object.keys(givens)), { maxLength: 12 }),
    when: fc.constantFrom(...Object.keys(whens)),
  })
  .map(({ given, when }) => {
    const world = quietMonday();
    for (const phrase of given) givens[phrase]?.(world);
    whens[when]?.(world);
    return withOwnIds(world);
  });

/** The phrases give some of their policies the same id; in a tenant no two have it. */
function withOwnIds(world: World): World {
  const once = <P extends { id: string }>(list: P[]): P[] => [...new Map(list.map((policy) => [policy.id, policy])).values()];
  const { rules, freezes, guardrails, gates, approvals } = world.policies;
  const policies = {
    rules: once(rules),
    freezes: once(freezes),
    guardrails: once(guardrails),
    gates: once(gates),
    approvals: once(approvals),
  };
  return { ...world, policies };
}

function ask(world: World): { explained: Explanation; verdict: Verdict } {
  const governance = aGovernance(world.policies, { facts: world.facts, ...world.governance });
  const context = aContext(governance, world.context);
  const request = aRequest(world.request);
  return { explained: explain(request, { ...context, governance }, world.policies), verdict: evaluate(request, context) };
}

const idsOf = ({ rules, freezes, guardrails, gates, approvals }: World['policies']): string[] =>
  [...rules, ...freezes, ...guardrails, ...gates, ...approvals].map(({ id }) => id).toSorted();
const isAgainst = ({ standing }: Consideration): boolean => standing === 'deny' || standing === 'hold' || standing === 'approvals';

test('everything that there is was considered, each once, and the verdict is that of every other door', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const { explained, verdict } = ask(world);
      expect(explanation.parse(explained)).toEqual(explained);
      expect(explained.verdict).toEqual(verdict);
      const named = explained.considered.filter(({ source }) => source !== 'builtIn').map(({ id }) => id);
      expect(named.toSorted()).toEqual(idsOf(world.policies));
    }),
    { numRuns: 300 },
  );
});

test('what stands against a request is exactly what its verdict says, and nothing refuses or holds without a reason that names who lifts it', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const { explained, verdict } = ask(world);
      const said = (shadow: boolean): string[] =>
        explained.considered
          .filter((one) => (one.enforcement === 'shadow') === shadow && one.standing !== 'passes' && one.standing !== 'notAsked')
          .flatMap(({ sentences }) => sentences)
          .toSorted();
      expect(said(false)).toEqual(verdict.reasons.map(({ sentence }) => sentence).toSorted());
      expect(said(true)).toEqual(verdict.shadow.map(({ sentence }) => sentence).toSorted());
      for (const one of explained.considered.filter(isAgainst)) {
        expect(one.liftedBy).not.toBe('');
        expect(one.helps.length).toBeGreaterThan(0);
      }
      const standing = explained.considered.filter((one) => isAgainst(one) && one.enforcement !== 'shadow');
      expect(verdict.kind === 'allowed').toBe(standing.length === 0);
    }),
    { numRuns: 300 },
  );
});

test('what passes and what is not asked says why, and a rule that was asked shows every value that it looked at', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const { explained } = ask(world);
      for (const one of explained.considered) {
        expect(one.sentences.every((sentence) => sentence.length > 0)).toBe(true);
        const rule = world.policies.rules.find(({ id }) => one.source === 'rule' && id === one.id);
        const prepared = rule === undefined ? null : prepareRule(rule);
        if (prepared === null || !prepared.ok || one.standing === 'notAsked') continue;
        const shown = one.inputs.flatMap(({ path, elements }) => [
          path,
          ...elements.flatMap((element) => Object.keys(element).map((key) => `${path}[].${key}`)),
        ]);
        const empty = new Set(one.inputs.filter(({ elements }) => elements.length === 0).map(({ path }) => path));
        const missing = prepared.condition.inputs.filter((input) => !shown.includes(input) && !empty.has(input.split('[]')[0] ?? ''));
        expect(missing).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
});

test('as text it names everything that was considered, and stands in lines that a terminal shows', () => {
  fc.assert(
    fc.property(anyWorld, (world) => {
      const { explained } = ask(world);
      const text = explanationAsText(explained).join('\n');
      for (const { title, sentences } of explained.considered) for (const part of [title, ...sentences]) expect(text).toContain(part);
    }),
    { numRuns: 50 },
  );
});
