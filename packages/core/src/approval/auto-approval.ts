import { checkRule, judgeRule } from '../rule/index.ts';
import type { PreparedFacts, Rule, RuleProblem } from '../rule/index.ts';
import type { ApprovalPolicy } from './policy.ts';

/**
 * Whether a policy approves by itself now.
 * - `people`: it has no condition, or it is false. `approved`: with the reason that is kept. `broken`: it cannot be asked, so people are, and it says why.
 */
export type AutoApproval = { kind: 'people' } | { kind: 'approved'; reason: string } | { kind: 'broken'; sentence: string };

/** Asks the policy's condition. An error of it is no yes. */
export function judgeAutoApproval(policy: ApprovalPolicy, facts: PreparedFacts, now: Date): AutoApproval {
  const rule = conditionRule(policy);
  if (rule === null) return { kind: 'people' };
  const answer = judgeRule(rule, facts, now);
  switch (answer.kind) {
    case 'silent':
      return { kind: 'people' };
    case 'speaks':
      return { kind: 'approved', reason: answer.sentence };
    case 'broken':
      return { kind: 'broken', sentence: answer.sentence };
  }
}

/** Everything wrong with the condition and the reason, by field; empty when it may be saved. */
export function checkAutoApproval(policy: ApprovalPolicy): readonly RuleProblem[] {
  const rule = conditionRule(policy);
  return rule === null ? [] : checkRule(rule);
}

/** The condition as a rule: expressions are compiled, bounded and judged in one way everywhere. */
function conditionRule({ autoApproval, id, revision, title, owner, scope, appliesTo, enforcement }: ApprovalPolicy): Rule | null {
  if (autoApproval === null) return null;
  const condition = { kind: 'expression' as const, source: autoApproval.condition };
  const common = { id, revision, title, owner, scope, appliesTo, enforcement };
  return { ...common, condition, effect: { kind: 'allow' }, message: autoApproval.reason, liftedBy: '' };
}
