import { findBuiltIn, settingsOf } from './built-in.ts';
import { compileCondition, compileMessage } from './expression/index.ts';
import type { CompiledExpression, CompiledMessage, ExpressionProblem } from './expression/index.ts';
import type { Rule } from './rule.ts';

/** A problem with the part of the rule that it is in. */
export interface RuleProblem extends ExpressionProblem {
  field: 'condition' | 'message';
}

/** Everything wrong with a rule that only a look at its expressions shows; empty when it may be saved. */
export function checkRule(found: Pick<Rule, 'condition' | 'message'>): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  const condition = compileCondition(conditionOf(found));
  if (!condition.ok) problems.push({ ...condition.problem, field: 'condition' });
  if (found.condition.kind === 'builtIn') problems.push(...unknownSettings(found.condition.use));
  const message = compileMessage(found.message);
  if (!message.ok) problems.push({ ...message.problem, field: 'message' });
  return problems;
}

function unknownSettings({ key, settings }: { key: string; settings: Readonly<Record<string, number>> }): readonly RuleProblem[] {
  const known = findBuiltIn(key)?.settings;
  if (known === undefined) return [];
  return Object.keys(settings)
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => ({ field: 'condition', line: 1, column: 1, length: 0, message: `${key} has no setting ${name}` }));
}

/** The condition of a rule as an expression. An unknown built-in rule gives text that does not compile and names it. */
export function conditionOf({ condition }: Pick<Rule, 'condition'>): string {
  if (condition.kind === 'expression') return condition.source;
  const builtIn = findBuiltIn(condition.use.key);
  return builtIn === null
    ? `unknown_rule_${condition.use.key.replaceAll('-', '_')}`
    : builtIn.condition(settingsOf(builtIn, condition.use.settings));
}

/** A rule ready to be judged, or why it cannot be. */
export type PreparedRule =
  | { ok: true; condition: CompiledExpression; message: CompiledMessage }
  | { ok: false; problem: ExpressionProblem };

const prepared = new WeakMap<object, PreparedRule>();

/** Compiles the condition and the message of a rule, once for each object: a new revision is a new object, and none is ever changed. */
export function prepareRule(found: Pick<Rule, 'condition' | 'message' | 'title'>): PreparedRule {
  const known = prepared.get(found);
  if (known !== undefined) return known;
  const made = prepareAnew(found);
  prepared.set(found, made);
  return made;
}

function prepareAnew(found: Pick<Rule, 'condition' | 'message' | 'title'>): PreparedRule {
  const condition = compileCondition(conditionOf(found));
  if (!condition.ok) return condition;
  const message = messageFor(templateOf(found));
  return message.ok ? { ok: true, condition: condition.expression, message: message.message } : message;
}

function templateOf({ message, condition, title }: Pick<Rule, 'condition' | 'message' | 'title'>): string {
  if (message !== '') return message;
  return (condition.kind === 'builtIn' ? findBuiltIn(condition.use.key)?.message : undefined) ?? title.replaceAll('{{', '{');
}

const maxKept = 512;
const kept = new Map<string, ReturnType<typeof compileMessage>>();

function messageFor(template: string): ReturnType<typeof compileMessage> {
  const known = kept.get(template);
  if (known !== undefined) return known;
  const compiled = compileMessage(template);
  const oldest = kept.size >= maxKept ? kept.keys().next().value : undefined;
  if (oldest !== undefined) kept.delete(oldest);
  kept.set(template, compiled);
  return compiled;
}
