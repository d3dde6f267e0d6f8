import type { Owner, PreparedFacts, RuleAction } from '../rule/index.ts';
import type { Governance } from './governance.ts';
import type { DeploymentRequest, ReasonEffect, ReasonSource, VerdictContext, VerdictReason } from './verdict.ts';

/** One request with all that its rules look at. */
export interface Case {
  request: DeploymentRequest;
  context: VerdictContext;
  governance: Governance;
  action: RuleAction;
  facts: PreparedFacts;
}

/** What one rule says now: its reason, and for missing approvals how many it wants in all. */
export interface Finding {
  reason: VerdictReason;
  approvalsRequired: number;
  missing: number;
  /** Of an approval policy: that it asks people, or, with its reason, that it approves by itself. */
  approval?: { policyId: string; reason: string | null };
  /** The exemption that has passed it, or asks for people in its stead. */
  exemptionId?: string;
}

/** Something that can stand against a request, now or later. */
export interface Item {
  /** Id of the rule, freeze, guardrail or gate, which an exemption names; of Flow's own the empty text. */
  id: string;
  shadow: boolean;
  /** What it says now; null when it is silent. */
  finding: Finding | null;
  /** The first instant from `at` on at which it does not stand against the request, while only time goes by; null when there is none or none was found. */
  clearFrom: (at: Date) => Date | null;
}

/** An item that time does not change: clear for ever when it only notes or says nothing, else never. */
export function timeless(finding: Finding | null, { id, shadow } = { id: '', shadow: false }): Item {
  const clear = finding === null || finding.reason.effect === 'note';
  return { id, shadow, finding, clearFrom: (at) => (clear ? at : null) };
}

/** How many people have said yes to exactly what is asked for; an answer to something else, a withdrawn or an expired one does not count. */
export function approvalsGiven(request: DeploymentRequest, { approval }: VerdictContext): number {
  if (approval === null || approval.subjectHash !== request.subjectHash) return 0;
  return approval.state === 'approved' || approval.state === 'pending' ? approval.approvedCount : 0;
}

/** "1 more approval", "2 more approvals". */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

interface Subject {
  id: string;
  owner: Owner;
}

/** A reason of a rule, freeze, guardrail or gate; its time is set when the reasons are put together. */
export function reasonOf(
  source: ReasonSource,
  { id, owner }: Subject,
  said: { effect: ReasonEffect; sentence: string; liftedBy: string; rule?: string },
): VerdictReason {
  const { rule = id, effect, sentence, liftedBy } = said;
  return {
    rule,
    sentence,
    liftedBy,
    earliestAt: null,
    source,
    id,
    owner: owner.name,
    effect,
    // Where people decide, there is no way around them.
    exemptible: effect !== 'note' && source !== 'approval',
    exemption: null,
  };
}
