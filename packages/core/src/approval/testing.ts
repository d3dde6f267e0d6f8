import { approvalPolicy } from './policy.ts';
import type { ApprovalPolicy, ApprovalPolicyInput, ApproverGroup } from './policy.ts';
import type { Elector, Electorate } from './electorate.ts';
import type { Ballot, Vote } from './state.ts';

/** The moment at which the tests of this folder take place. */
export const now = new Date('2026-03-01T10:00:00Z');
export const later = new Date('2026-03-02T10:00:00Z');

/** A yes of Eve's to what is asked for, unless said otherwise. */
export function aVote(over: Partial<Vote> = {}): Vote {
  return { userId: 'eve', answer: 'approve', shownHash: 'h1', givenAt: now, withdrawnAt: null, ...over };
}

/** A pending request of `requester` with the given votes. */
export function aBallot(votes: readonly Vote[] = [], over: Partial<Ballot> = {}): Ballot {
  return { state: 'pending', subjectHash: 'h1', excluded: ['requester', 'author'], expiresAt: later, isUsed: false, votes, ...over };
}

/** A release manager, unless said otherwise. */
export function aPerson(userId: string, over: Partial<Elector> = {}): Elector {
  return {
    userId,
    name: `${userId.slice(0, 1).toUpperCase()}${userId.slice(1)}`,
    role: 'releaseManager',
    isDisabled: false,
    groupIds: [],
    ...over,
  };
}

export function anElectorate(people: readonly Elector[], over: Partial<Electorate> = {}): Electorate {
  return { people, codeOwnerIds: [], standIns: [], ...over };
}

/** A group of the people in the tenant's group of the same name. */
export function aGroup(groupId: string, over: Partial<ApproverGroup> = {}): ApproverGroup {
  return { title: groupId, who: [{ kind: 'group', groupId }], count: 1, hasVeto: false, ...over };
}

/** A policy that asks these groups, a stage each, and is in force everywhere. */
export function aPolicy(groups: readonly ApproverGroup[], over: Partial<ApprovalPolicyInput> = {}): ApprovalPolicy {
  return approvalPolicy.parse({
    id: 'policy',
    revision: 1,
    title: 'Two eyes',
    owner: { kind: 'tenant', name: 'Shop' },
    scope: {},
    appliesTo: {},
    enforcement: 'enforce',
    stages: groups.map((group) => ({ groups: [group] })),
    ...over,
  });
}
