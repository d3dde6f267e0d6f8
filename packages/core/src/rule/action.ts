import { z } from 'zod';

/**
 * What can be asked for, as rules tell it apart (the vocabulary of Google Cloud Deploy's policies, with Flow's verbs).
 * - `create`: a deployment is asked for. `approve`: a vote is given. `advance`: the next wave or step begins.
 * - `promote`: all remaining steps are skipped. `pause`, `retry`, `skip`, `abort`: of a running deployment. `rollback`: back to what ran before.
 */
export const ruleAction = z.enum(['create', 'approve', 'advance', 'promote', 'pause', 'retry', 'skip', 'abort', 'rollback']);
export type RuleAction = z.infer<typeof ruleAction>;

/** Who asks: a person (also by a token of theirs), or Flow and webhooks by themselves. */
export const invoker = z.enum(['person', 'automation']);
export type Invoker = z.infer<typeof invoker>;

/** Ways out of harm: a rule holds them only when it names them. */
const safeActions: readonly RuleAction[] = ['abort', 'rollback', 'pause'];

/** To what a rule or a freeze applies; an empty list of actions means all but abort, rollback and pause, an empty list of invokers means both. */
export const appliesTo = z.strictObject({
  actions: z.array(ruleAction).max(9).default([]),
  invokers: z.array(invoker).max(2).default([]),
});
export type AppliesTo = z.infer<typeof appliesTo>;

/** Whether the action by this invoker is one that the rule speaks about. */
export function applies(to: AppliesTo, action: RuleAction, by: Invoker): boolean {
  const named = to.actions.length === 0 ? !safeActions.includes(action) : to.actions.includes(action);
  return named && (to.invokers.length === 0 || to.invokers.includes(by));
}

/**
 * How far a rule is switched on.
 * - `off`: not looked at. `shadow`: judged and recorded apart, decides nothing. `enforce`: decides.
 */
export const enforcement = z.enum(['off', 'shadow', 'enforce']);
export type Enforcement = z.infer<typeof enforcement>;
