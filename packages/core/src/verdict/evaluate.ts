import { earliestClear } from './earliest.ts';
import type { Finding, Item } from './finding.ts';
import { governedItems } from './governed.ts';
import { ownItems } from './own-rules.ts';
import type { DeploymentRequest, ReasonEffect, Verdict, VerdictContext, VerdictReason } from './verdict.ts';

/**
 * Whether the request may go at `context.now`, with every reason for and against it.
 * The strongest reason decides: denied, then missing approvals, then a hold; all reasons are kept, whichever decided. What is in shadow decides nothing.
 * The answer depends on the arguments alone, and not on the order in which rules are given.
 */
export function evaluate(request: DeploymentRequest, context: VerdictContext): Verdict {
  const own = ownItems(request, context);
  const governed = context.governance === undefined ? [] : governedItems(request, context, context.governance);
  const enforced = [...own, ...governed.filter(isInForce)];
  const said = inOrder(enforced, own.length, context.now);
  const shadow = inOrder(
    governed.filter((item) => item.shadow),
    0,
    context.now,
  ).map(({ reason }) => reason);
  const answered = {
    reasons: said.map(({ reason }) => reason),
    shadow,
    // What does not stand against it now need not be searched for a time.
    earliestAt: said.every(({ reason }) => reason.effect === 'note') ? context.now : earliestClear(enforced, context.now),
    approvalsRequired: Math.max(0, ...said.map((finding) => finding.approvalsRequired)),
    ...approvalsIn(said),
    exemptionIds: [...new Set(said.flatMap(({ exemptionId }) => exemptionId ?? []))],
  };
  const missing = Math.max(0, ...said.map((finding) => finding.missing));
  const speaks = (effect: ReasonEffect): boolean => answered.reasons.some((reason) => reason.effect === effect);
  if (speaks('deny')) return { kind: 'denied', ...answered };
  if (missing > 0) return { kind: 'needsApprovals', missing, ...answered };
  return speaks('hold') ? { kind: 'heldUntil', until: answered.earliestAt, ...answered } : { kind: 'allowed', ...answered };
}

/** Everything in force that can stand against the request, now or later: what a verdict is made of, for those who look ahead. */
export function itemsInForce(request: DeploymentRequest, context: VerdictContext): readonly Item[] {
  const governed = context.governance === undefined ? [] : governedItems(request, context, context.governance);
  return [...ownItems(request, context), ...governed.filter(isInForce)];
}

function isInForce({ shadow }: Item): boolean {
  return !shadow;
}

/** What the approval policies in force make of it: they ask people, or approve by themselves. */
function approvalsIn(said: readonly Finding[]): Pick<Verdict, 'approvalPolicyIds' | 'autoApproved'> {
  const approvals = said.flatMap((finding) => finding.approval ?? []);
  return {
    approvalPolicyIds: approvals.filter(({ reason }) => reason === null).map(({ policyId }) => policyId),
    autoApproved: approvals.flatMap(({ policyId, reason }) => (reason === null ? [] : [{ policyId, reason }])),
  };
}

const strength = { deny: 0, approvals: 1, hold: 2, note: 3 } as const satisfies Record<ReasonEffect, number>;

/** Flow's own first, in their order; then by strength, kind, id. */
function inOrder(items: readonly Item[], ownCount: number, now: Date): readonly Finding[] {
  const findings = items.flatMap((item, index) =>
    item.finding === null ? [] : { index: index < ownCount ? index : ownCount, finding: withTime(item, item.finding, now) },
  );
  return findings
    .toSorted((left, right) => left.index - right.index || byWeight(left.finding.reason, right.finding.reason))
    .map(({ finding }) => finding);
}

function byWeight(left: VerdictReason, right: VerdictReason): number {
  return (
    strength[left.effect] - strength[right.effect] ||
    compare(left.source, right.source) ||
    compare(left.id, right.id) ||
    compare(left.sentence, right.sentence)
  );
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function withTime(item: Item, finding: Finding, now: Date): Finding {
  if (finding.reason.effect === 'note') return finding;
  return { ...finding, reason: { ...finding.reason, earliestAt: item.clearFrom(now) } };
}
