import { applies, conditionOf, matchesScope, prepareRule, showInputs } from '../rule/index.ts';
import type { Invoker, Rule, RuleAction, ShownInput } from '../rule/index.ts';
import type { VerdictReason } from '../verdict/index.ts';
import type { Consideration, Help } from './explanation.ts';
import { considerationOf, notAsked, ownerHelp, whyNotAsked } from './subject.ts';
import type { Explained, Silence } from './subject.ts';

/** One rule: its condition with the values that it found, and what came of it. */
export function explainRule(explained: Explained, rule: Rule): Consideration {
  const silence = whyRuleIsNotAsked(explained, rule);
  const inputs = silence === null ? inputsOf(explained, rule) : [];
  return considerationOf(explained, 'rule', {
    head: rule,
    said: {
      silence: silence ?? { standing: 'passes', sentence: 'Its condition is false now' },
      condition: conditionOf(rule),
      inputs,
      helps: (reasons) => helpsOf(rule, { reasons, inputs }),
    },
  });
}

function whyRuleIsNotAsked({ governance: { place }, action, invoker }: Explained, rule: Rule): Silence | null {
  const elsewhere = whyNotAsked(rule, place, matchesScope(rule.scope, place));
  if (elsewhere !== null) return elsewhere;
  return applies(rule.appliesTo, action, invoker) ? null : notAsked(aboutOthers(rule.appliesTo, action, invoker));
}

const actionWords = {
  create: 'a start',
  approve: 'a vote',
  advance: 'the next wave or step',
  promote: 'skipping all steps',
  pause: 'a pause',
  retry: 'another try',
  skip: 'skipping a step',
  abort: 'an abort',
  rollback: 'going back',
} as const satisfies Record<RuleAction, string>;
const invokerWords = { person: 'people', automation: 'automation' } as const satisfies Record<Invoker, string>;

/** Why something that covers the place says nothing about this action by this invoker. */
export function aboutOthers(to: Rule['appliesTo'], action: RuleAction, invoker: Invoker): string {
  const isOther = to.invokers.length > 0 && !to.invokers.includes(invoker);
  if (isOther) return `It is about ${to.invokers.map((one) => invokerWords[one]).join(' and ')}, not about ${invokerWords[invoker]}`;
  if (to.actions.length === 0) return `It says nothing about ${actionWords[action]}: ways out of harm are stopped only by what names them`;
  return `It is about ${to.actions.map((one) => actionWords[one]).join(', ')}, not about ${actionWords[action]}`;
}

function inputsOf({ facts, context }: Explained, rule: Rule): readonly ShownInput[] {
  const prepared = prepareRule(rule);
  return prepared.ok ? showInputs(prepared.condition.inputs, facts.valuesAt(context.now)) : [];
}

function helpsOf(rule: Rule, { reasons, inputs }: { reasons: readonly VerdictReason[]; inputs: readonly ShownInput[] }): readonly Help[] {
  const helps: Help[] = [];
  const looksAt = (path: string): boolean => inputs.some((input) => input.path === path || input.path.startsWith(`${path}.`));
  if (reasons.some(({ effect }) => effect === 'approvals')) helps.push({ toDo: 'approve it', right: 'approval:vote' });
  if (looksAt('incidents')) helps.push({ toDo: 'close the incident', right: 'incident:manage' });
  if (looksAt('others') || looksAt('inFlight')) helps.push({ toDo: 'end the other deployment', right: 'deployment:rollback' });
  return [...helps, ownerHelp(rule, 'change the rule')];
}
