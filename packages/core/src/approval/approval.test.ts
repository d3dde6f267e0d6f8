import { describe, expect, test } from 'vitest';
import { approvalMayBecome, approvalState, mayVote, tally } from './approval.ts';
import type { ApprovalSubject, Vote } from './approval.ts';

const now = new Date('2026-03-01T10:00:00Z');
const later = new Date('2026-03-02T10:00:00Z');
const subject = (over: Partial<ApprovalSubject> = {}): ApprovalSubject => ({
  state: 'pending',
  subjectHash: 'h1',
  requiredCount: 1,
  excluded: ['requester', 'author'],
  expiresAt: later,
  ...over,
});
const vote = (over: Partial<Vote> = {}): Vote => ({ userId: 'eve', answer: 'approve', shownHash: 'h1', ...over });
const voters = [
  { userId: 'eve', mayVote: true },
  { userId: 'bob', mayVote: true },
  { userId: 'left', mayVote: false },
  { userId: 'requester', mayVote: true },
];

describe('tally', () => {
  test('one vote for the shown hash approves what needs one', () => {
    expect(tally(subject(), [vote()], voters)).toMatchObject({ state: 'approved', approvedCount: 1, missingCount: 0 });
  });

  test('a vote counts for one hash only', () => {
    expect(tally(subject({ subjectHash: 'h2' }), [vote()], voters)).toMatchObject({ state: 'pending', approvedCount: 0, missingCount: 1 });
  });

  test('the votes of the requester and of authors never count', () => {
    const votes = [vote({ userId: 'requester' }), vote({ userId: 'author' })];
    const result = tally(subject(), votes, voters);
    expect(result.state).toBe('pending');
    expect(result.ignored).toHaveLength(2);
  });

  test('the vote of someone who has lost the right stops counting', () => {
    expect(tally(subject(), [vote({ userId: 'left' })], voters).state).toBe('pending');
    expect(tally(subject(), [vote({ userId: 'gone' })], voters).state).toBe('pending');
  });

  test('two approvals need two people', () => {
    expect(tally(subject({ requiredCount: 2 }), [vote(), vote()], voters).state).toBe('pending');
    expect(tally(subject({ requiredCount: 2 }), [vote(), vote({ userId: 'bob' })], voters).state).toBe('approved');
  });

  test('one rejection decides, however many approve', () => {
    expect(tally(subject(), [vote(), vote({ userId: 'bob', answer: 'reject' })], voters).state).toBe('rejected');
  });

  test('a decided request stays as it is', () => {
    for (const state of ['approved', 'rejected', 'expired', 'superseded'] as const)
      expect(tally(subject({ state }), [vote()], voters).state).toBe(state);
  });
});

describe('mayVote', () => {
  test('only a pending request that has not expired takes votes', () => {
    expect(mayVote(subject(), vote(), now)).toEqual({ ok: true });
    expect(mayVote(subject(), vote(), later).ok).toBe(false);
    expect(mayVote(subject({ state: 'approved' }), vote(), now).ok).toBe(false);
  });

  test('the requester, an author, and someone who saw other content are refused', () => {
    for (const one of [vote({ userId: 'requester' }), vote({ userId: 'author' }), vote({ shownHash: 'h0' })])
      expect(mayVote(subject(), one, now).ok).toBe(false);
  });
});

test('a request that was rejected, has expired or was superseded never becomes pending again', () => {
  for (const state of approvalState.options.filter((one) => one !== 'approved')) expect(approvalMayBecome(state, 'pending')).toBe(false);
});
