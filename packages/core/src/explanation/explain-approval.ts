import { someOf, standingOf } from '../approval/index.ts';
import type { ApprovalPolicy } from '../approval/index.ts';
import { applies, compileCondition, matchesScope, showInputs } from '../rule/index.ts';
import type { ShownInput } from '../rule/index.ts';
import type { Consideration } from './explanation.ts';
import { aboutOthers } from './explain-rule.ts';
import { considerationOf, notAsked, ownerHelp, whyNotAsked } from './subject.ts';
import type { Explained, Silence } from './subject.ts';

/** One approval policy: its groups with who said yes and who can, and what its condition looked at. */
export function explainApproval(explained: Explained, policy: ApprovalPolicy): Consideration {
  const silence = whyPolicyIsNotAsked(explained, policy);
  return considerationOf(explained, 'approval', {
    head: policy,
    said: {
      silence: silence ?? { standing: 'passes', sentence: 'Everyone who is asked has said yes' },
      condition: policy.autoApproval?.condition ?? '',
      inputs: silence === null ? [...groupsOf(explained, policy), ...conditionInputs(explained, policy)] : [],
      helps: () => [ownerHelp(policy, 'change the policy')],
    },
  });
}

function whyPolicyIsNotAsked({ governance: { place }, action, invoker }: Explained, policy: ApprovalPolicy): Silence | null {
  const elsewhere = whyNotAsked(policy, place, matchesScope(policy.scope, place));
  if (elsewhere !== null) return elsewhere;
  return applies(policy.appliesTo, action, invoker) ? null : notAsked(aboutOthers(policy.appliesTo, action, invoker));
}

function groupsOf({ governance: { voting }, request }: Explained, policy: ApprovalPolicy): readonly ShownInput[] {
  const { ballot, electorate } = voting;
  const counts = ballot !== null && ballot.subjectHash === request.subjectHash;
  const asked = counts
    ? ballot
    : { state: 'pending' as const, subjectHash: '', excluded: ballot?.excluded ?? [], expiresAt: new Date(0), votes: [], isUsed: false };
  const [standing] = standingOf({ count: 0, policies: [policy] }, asked, electorate).policies;
  const groups = standing?.groups ?? [];
  const nameOf = (userId: string): string => electorate.people.find((person) => person.userId === userId)?.name ?? 'someone who has left';
  const elements = groups.map((group) => ({
    title: group.title,
    wanted: group.wanted,
    given: someOf(group.given.map(({ userId }) => nameOf(userId))),
    turn: group.isAsked ? 'asked' : 'asked later',
    members: someOf(group.places.map(nameOf)),
  }));
  return [{ path: 'groups', value: groups.length, elements }];
}

function conditionInputs({ facts, context }: Explained, { autoApproval }: ApprovalPolicy): readonly ShownInput[] {
  const compiled = autoApproval === null ? null : compileCondition(autoApproval.condition);
  return compiled?.ok === true ? showInputs(compiled.expression.inputs, facts.valuesAt(context.now)) : [];
}
