import { describePolicy, judgeAutoApproval, standingOf } from '../approval/index.ts';
import type { ApprovalPolicy, Ballot } from '../approval/index.ts';
import { reasonOf, timeless } from './finding.ts';
import type { Case, Finding, Item } from './finding.ts';

/** What an approval policy says of the request: by itself approved, still asking people, or content. Time alone never lifts it. */
export function approvalItem(policy: ApprovalPolicy, asked: Case): Item {
  return timeless(findingOf(policy, asked), { id: policy.id, shadow: policy.enforcement === 'shadow' });
}

function findingOf(policy: ApprovalPolicy, asked: Case): Finding {
  const { voting } = asked.governance;
  const ballot = ballotFor(asked);
  if (ballot.state === 'rejected') {
    const said = { effect: 'deny' as const, sentence: `${policy.title}: an approver rejected it`, liftedBy: 'a new request' };
    return {
      reason: reasonOf('approval', policy, said),
      approvalsRequired: 0,
      missing: 0,
      approval: { policyId: policy.id, reason: null },
    };
  }
  const auto = judgeAutoApproval(policy, asked.facts, asked.context.now);
  if (auto.kind === 'approved') {
    const said = {
      effect: 'note' as const,
      sentence: `${policy.title} approves it by itself: ${auto.reason}`,
      liftedBy: 'nothing more is needed',
    };
    const approval = { policyId: policy.id, reason: auto.reason };
    return { reason: reasonOf('approval', policy, said), approvalsRequired: 0, missing: 0, approval };
  }
  const [standing] = standingOf({ count: 0, policies: [policy] }, ballot, voting.electorate).policies;
  const missing = standing?.missing ?? 0;
  const told = standing === undefined ? { sentence: policy.title, liftedBy: '' } : describePolicy(standing, voting.electorate);
  const sentence = auto.kind === 'broken' ? `${told.sentence}. ${auto.sentence}` : told.sentence;
  const reason = reasonOf('approval', policy, { effect: missing > 0 ? 'approvals' : 'note', sentence, liftedBy: told.liftedBy });
  return { reason, approvalsRequired: 0, missing, approval: { policyId: policy.id, reason: null } };
}

const far = new Date(8.64e15);

/** The votes on exactly what is asked for; none while it is a preview, and none of a request that has ended without a yes. */
function ballotFor({ request, governance: { voting } }: Case): Ballot {
  const { ballot } = voting;
  const counts =
    ballot !== null && ballot.subjectHash === request.subjectHash && ['pending', 'approved', 'rejected'].includes(ballot.state);
  if (counts) return ballot;
  const excluded = ballot?.excluded ?? [];
  return { state: 'pending', subjectHash: request.subjectHash ?? '', excluded, expiresAt: far, votes: [], isUsed: false };
}
