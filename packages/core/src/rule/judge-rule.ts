import { findBuiltIn, settingsOf } from './built-in.ts';
import { prepareRule } from './check-rule.ts';
import type { PreparedRule } from './check-rule.ts';
import { maxOthers } from './facts.ts';
import { clipped, dependsOnTime, nextChangeAfter, renderMessage } from './expression/index.ts';
import type { PreparedFacts } from './expression/index.ts';
import type { Rule } from './rule.ts';

/**
 * What one rule says at one time.
 * - `silent`: its condition is false. `speaks`: it is true, with the sentence.
 * - `broken`: it could not be answered. Whoever enforces it holds: a rule that cannot be asked is not a yes.
 */
export type RuleAnswer = { kind: 'silent' } | { kind: 'speaks'; sentence: string } | { kind: 'broken'; sentence: string };

/** Asks the rule, whatever its scope, actions and enforcement are. Never throws: an error of an expression is an answer. */
export function judgeRule(found: Rule, facts: PreparedFacts, now: Date): RuleAnswer {
  const prepared = prepareRule(found);
  if (!prepared.ok)
    return broken(
      found,
      `its expression does not compile (line ${prepared.problem.line}, column ${prepared.problem.column}: ${prepared.problem.message})`,
    );
  const answer = conditionHolds(found, prepared, { facts, now });
  if (typeof answer === 'string') return broken(found, answer);
  return answer ? { kind: 'speaks', sentence: sentenceOf(found, prepared, { facts, now }) } : { kind: 'silent' };
}

interface Moment {
  facts: PreparedFacts;
  now: Date;
}
type Ready = Extract<PreparedRule, { ok: true }>;

function conditionHolds(found: Rule, { condition }: Ready, { facts, now }: Moment): boolean | string {
  if (condition.reads.has('others') && facts.facts.others.length > maxOthers && found.condition.kind === 'expression') {
    const seen = holdsOrError(() => condition.evaluate(facts.valuesAt(now)));
    // Among those it saw it may be sure; what it did not see could still speak.
    return seen === false
      ? `it looks at other deployments, and there are ${facts.facts.others.length}, of which it sees ${maxOthers}: count with inFlight or targets`
      : seen;
  }
  const use = found.condition.kind === 'builtIn' ? found.condition.use : null;
  const builtIn = use === null ? null : findBuiltIn(use.key);
  if (use !== null && builtIn !== null) return holdsOrError(() => builtIn.holds(facts.facts, now, settingsOf(builtIn, use.settings)));
  return holdsOrError(() => condition.evaluate(facts.valuesAt(now)));
}

function holdsOrError(evaluate: () => unknown): boolean | string {
  try {
    const result = evaluate();
    return typeof result === 'boolean' ? result : 'its condition gave something that is neither true nor false';
  } catch (error) {
    return summaryOf(error);
  }
}

function summaryOf(error: unknown): string {
  if (!(error instanceof Error)) return 'its condition could not be evaluated';
  return 'summary' in error && typeof error.summary === 'string' ? error.summary : error.message;
}

function sentenceOf(found: Rule, { message }: Ready, { facts, now }: Moment): string {
  const builtIn = found.condition.kind === 'builtIn' && found.message === '' ? findBuiltIn(found.condition.use.key) : null;
  if (builtIn !== null) return clipped(builtIn.says(facts.facts, now));
  try {
    return renderMessage(message, facts.valuesAt(now));
  } catch (error) {
    return `${found.title} (its message could not be filled: ${summaryOf(error)})`;
  }
}

function broken(found: Rule, why: string): RuleAnswer {
  return { kind: 'broken', sentence: `The rule "${found.title}" could not be asked: ${why}` };
}

/** The next instant after `after` at which the rule may answer differently while only time goes by; null when time does not change it. */
export function nextChangeOfRule(found: Rule, facts: PreparedFacts, after: Date): Date | null {
  const prepared = prepareRule(found);
  return prepared.ok ? nextChangeAfter(prepared.condition.time, facts.facts, after) : null;
}

/** Whether time alone can change what the rule says. */
export function isTimed(found: Rule): boolean {
  const prepared = prepareRule(found);
  return prepared.ok && dependsOnTime(prepared.condition.time);
}

/** Whether the condition is true at the time; null when it cannot be answered. Without a sentence: for those who only count. */
export function conditionAt(found: Rule, facts: PreparedFacts, now: Date): boolean | null {
  const prepared = prepareRule(found);
  const answer = prepared.ok ? conditionHolds(found, prepared, { facts, now }) : '';
  return typeof answer === 'string' ? null : answer;
}

/** Whether the condition is true at the time: what a search over time asks, without making a sentence. A broken rule counts as true. */
export function speaksAt(found: Rule, facts: PreparedFacts, now: Date): boolean {
  const prepared = prepareRule(found);
  return !prepared.ok || conditionHolds(found, prepared, { facts, now }) !== false;
}
