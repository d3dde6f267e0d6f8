import { describe, expect, test } from 'vitest';
import { approvalAbilities, whoCanHelp } from './abilities.ts';
import type { Request } from './abilities.ts';
import { describePolicy } from './describe.ts';
import { outcomeOf, standingOf } from './standing.ts';
import type { Demand } from './standing.ts';
import { approvalMayBecome, approvalState } from './state.ts';
import type { Ballot } from './state.ts';
import { aBallot, aGroup, anElectorate, aPerson, aPolicy, aVote, later, now } from './testing.ts';

const one: Demand = { count: 1, policies: [] };
const everyone = anElectorate([
  aPerson('eve'),
  aPerson('bob'),
  aPerson('dora', { role: 'developer' }),
  aPerson('left', { isDisabled: true }),
  aPerson('requester'),
  aPerson('adam', { role: 'admin' }),
]);
const outcome = (ballot: Ballot, demand = one, electorate = everyone) => outcomeOf(standingOf(demand, ballot, electorate));

describe('a number of people', () => {
  test('one vote for the shown hash approves what needs one', () => {
    expect(outcome(aBallot([aVote()]))).toBe('approved');
    expect(standingOf(one, aBallot([aVote()]), everyone)).toMatchObject({ approvedCount: 1, missingCount: 0 });
  });

  test('a vote counts for one hash only', () => {
    expect(outcome(aBallot([aVote()], { subjectHash: 'h2' }))).toBe('pending');
  });

  test('the votes of the requester and of authors never count', () => {
    const votes = [aVote({ userId: 'requester' }), aVote({ userId: 'author' })];
    expect(outcome(aBallot(votes))).toBe('pending');
    expect(standingOf(one, aBallot(votes), everyone).ignored).toHaveLength(2);
  });

  test('the vote of someone who has lost the right stops counting, unless the deployment has begun on it', () => {
    for (const userId of ['left', 'gone', 'dora']) {
      expect([userId, outcome(aBallot([aVote({ userId })]))]).toEqual([userId, 'pending']);
      expect(outcome(aBallot([aVote({ userId })], { isUsed: true }))).toBe('approved');
    }
  });

  test('two approvals need two people', () => {
    const two = { count: 2, policies: [] };
    expect(outcome(aBallot([aVote(), aVote()]), two)).toBe('pending');
    expect(outcome(aBallot([aVote(), aVote({ userId: 'bob' })]), two)).toBe('approved');
  });

  test('one rejection decides, however many approve; one that was taken back does not', () => {
    expect(outcome(aBallot([aVote(), aVote({ userId: 'bob', answer: 'reject' })]))).toBe('rejected');
    expect(outcome(aBallot([aVote(), aVote({ userId: 'bob', answer: 'reject', withdrawnAt: now })]))).toBe('approved');
    expect(outcome(aBallot([aVote({ withdrawnAt: now })]))).toBe('pending');
  });
});

describe('a policy', () => {
  const people = anElectorate([
    aPerson('eve', { groupIds: ['security', 'team'] }),
    aPerson('mia', { groupIds: ['security'] }),
    aPerson('tom', { role: 'developer', groupIds: ['team'] }),
    aPerson('uma', { role: 'developer', groupIds: ['team'] }),
    aPerson('adam', { role: 'admin' }),
    aPerson('requester', { groupIds: ['team'] }),
  ]);
  const demand = (policy = aPolicy([aGroup('team'), aGroup('security')])): Demand => ({ count: 0, policies: [policy] });
  const yes = (userId: string) => aVote({ userId });
  const helpers = (request: Request) => whoCanHelp(request, now).map((person) => person.userId);

  test('the second group is asked when the first is through', () => {
    const at = (...votes: string[]): Request => ({ demand: demand(), ballot: aBallot(votes.map(yes)), electorate: people });
    expect(helpers(at())).toEqual(['eve', 'tom', 'uma']);
    expect(approvalAbilities(at(), 'mia', now)[0]).toEqual({
      action: 'approve',
      allowed: false,
      why: 'security is asked when those before have said yes',
    });
    expect(helpers(at('tom'))).toEqual(['eve', 'mia']);
    expect(outcome(at('tom', 'mia').ballot, demand(), people)).toBe('approved');
  });

  test('one person counts for one group, in the way that brings it furthest', () => {
    expect(outcome(aBallot([yes('eve')]), demand(), people)).toBe('pending');
    // Eve sits with security as soon as somebody else is there for the team.
    expect(outcome(aBallot([yes('eve'), yes('tom')]), demand(), people)).toBe('approved');
  });

  test('with a veto kept to some, the no of others is an objection', () => {
    const vetoed = demand(aPolicy([aGroup('team'), aGroup('security', { hasVeto: true })], { rejection: 'veto' }));
    const no = (userId: string) => aBallot([aVote({ userId, answer: 'reject' })]);
    expect(outcome(no('tom'), vetoed, people)).toBe('pending');
    expect(standingOf(vetoed, no('tom'), people).objections).toEqual(['tom']);
    expect(outcome(no('mia'), vetoed, people)).toBe('rejected');
    expect(outcome(no('tom'), demand(), people)).toBe('rejected');
  });

  test('when too few of a group are left, those named for that case can, and it says so', () => {
    const bob = { userId: 'bob', kind: 'user' as const };
    const only = demand(aPolicy([aGroup('bobs', { who: [bob] })]));
    const gone = anElectorate([aPerson('bob', { isDisabled: true }), aPerson('adam', { role: 'admin' }), aPerson('eve')]);
    const request = { demand: only, ballot: aBallot(), electorate: gone };
    expect(helpers(request)).toEqual(['adam']);
    const [standing] = standingOf(only, aBallot(), gone).policies;
    expect(standing && describePolicy(standing, gone)).toEqual({
      sentence: 'Two eyes needs 1 of bobs. Too few of bobs can approve it (1 is needed), so those named for that case can',
      liftedBy: 'Adam',
    });
    const named = demand(aPolicy([aGroup('bobs', { who: [bob] })], { fallback: [{ kind: 'user', userId: 'eve' }] }));
    expect(helpers({ ...request, demand: named })).toEqual(['eve']);
    const nobodyLeft = { ...request, ballot: aBallot([], { excluded: ['adam'] }) };
    expect(standingOf(only, nobodyLeft.ballot, gone).policies[0]?.groups[0]).toMatchObject({ isShort: true, isHopeless: true });
  });

  test('code owners and roles are named by what they are', () => {
    const owners = demand(
      aPolicy([
        aGroup('owners', { who: [{ kind: 'codeOwners' }] }),
        aGroup('managers', { who: [{ kind: 'role', role: 'releaseManager' }] }),
      ]),
    );
    const owned = { ...people, codeOwnerIds: ['uma'] };
    expect(helpers({ demand: owners, ballot: aBallot(), electorate: owned })).toEqual(['uma']);
    expect(helpers({ demand: owners, ballot: aBallot([yes('uma')]), electorate: owned })).toEqual(['eve', 'mia']);
  });
});

describe('stand-ins', () => {
  const standIn = (userId: string, standInId: string, over = {}) => ({
    userId,
    standInId,
    startsAt: now,
    endsAt: later,
    endedAt: null,
    ...over,
  });
  const people = [
    aPerson('ann', { groupIds: ['g'] }),
    aPerson('ben', { role: 'viewer' }),
    aPerson('cem', { role: 'viewer' }),
    aPerson('adam', { role: 'admin' }),
  ];
  const demand: Demand = { count: 0, policies: [aPolicy([aGroup('g')])] };
  const by = (userId: string, standIns: ReturnType<typeof standIn>[], over = {}) =>
    outcomeOf(standingOf(demand, aBallot([aVote({ userId, ...over })]), anElectorate(people, { standIns })));

  test('a stand-in votes in the place of whoever named them, through a chain too, and only for the time', () => {
    expect(by('ben', [])).toBe('pending');
    expect(by('ben', [standIn('ann', 'ben')])).toBe('approved');
    expect(by('cem', [standIn('ann', 'ben'), standIn('ben', 'cem')])).toBe('approved');
    expect(by('ben', [standIn('ann', 'ben')], { givenAt: later })).toBe('pending');
    expect(by('ben', [standIn('ann', 'ben', { endedAt: now })])).toBe('pending');
  });

  test('a circle of people who name each other ends, and nobody gains by it', () => {
    const circle = [standIn('ann', 'ben'), standIn('ben', 'cem'), standIn('cem', 'ann')];
    expect(by('cem', circle)).toBe('approved');
    expect(by('adam', circle)).toBe('pending');
  });

  test('a person and their stand-in count once', () => {
    const two: Demand = { count: 0, policies: [aPolicy([aGroup('g', { count: 2 })])] };
    const both = anElectorate([...people, aPerson('dan', { groupIds: ['g'] })], { standIns: [standIn('ann', 'ben')] });
    expect(outcomeOf(standingOf(two, aBallot([aVote({ userId: 'ann' }), aVote({ userId: 'ben' })]), both))).toBe('pending');
    expect(outcomeOf(standingOf(two, aBallot([aVote({ userId: 'ann' }), aVote({ userId: 'dan' })]), both))).toBe('approved');
  });

  test('the requester gains nothing by naming somebody, nor by being named', () => {
    const standIns = [standIn('requester', 'ben'), standIn('ann', 'requester')];
    const all = anElectorate([...people, aPerson('requester', { groupIds: ['g'] })], { standIns });
    for (const userId of ['ben', 'requester']) expect(outcomeOf(standingOf(demand, aBallot([aVote({ userId })]), all))).toBe('pending');
  });

  test('a policy may not allow them', () => {
    const strict: Demand = { count: 0, policies: [aPolicy([aGroup('g')], { allowsStandIns: false })] };
    const all = anElectorate(people, { standIns: [standIn('ann', 'ben')] });
    expect(outcomeOf(standingOf(strict, aBallot([aVote({ userId: 'ben' })]), all))).toBe('pending');
  });
});

describe('abilities', () => {
  const request = (ballot: Ballot): Request => ({ demand: one, ballot, electorate: everyone });
  const open = (ballot: Ballot, userId = 'eve', at = now) =>
    approvalAbilities(request(ballot), userId, at)
      .filter((ability) => ability.allowed)
      .map((ability) => ability.action);

  test('only a pending request that has not expired takes votes', () => {
    expect(open(aBallot())).toEqual(['approve', 'reject']);
    expect(open(aBallot(), 'eve', later)).toEqual([]);
    for (const state of approvalState.options.filter((each) => each !== 'pending')) expect(open(aBallot([], { state }))).toEqual([]);
  });

  test('the requester, an author, a stranger and someone without the right are told why not', () => {
    for (const userId of ['requester', 'author', 'gone', 'left', 'dora']) {
      expect(open(aBallot(), userId)).toEqual([]);
      expect(approvalAbilities(request(aBallot()), userId, now)[0]?.why).not.toBe('');
    }
  });

  test('who has voted can take it back and nothing else, and then vote again', () => {
    expect(open(aBallot([aVote({ answer: 'reject' })]))).toEqual(['withdraw']);
    expect(open(aBallot([aVote({ withdrawnAt: now })]))).toEqual(['approve', 'reject']);
    expect(open(aBallot([aVote({ shownHash: 'h0' })]))).toEqual(['approve', 'reject']);
  });
});

test('a request that was rejected, has expired or was superseded never becomes pending again', () => {
  for (const state of approvalState.options.filter((each) => each !== 'approved')) expect(approvalMayBecome(state, 'pending')).toBe(false);
});
