import { approvalAbilities, approvalMayBecome, approvalPolicy, outcomeOf, standingOf } from '@flow/core/approval';
import type { ApprovalState, Ballot, Elector, Request, StandIn, Vote } from '@flow/core/approval';

/** Two groups one after the other, the second with a veto; whoever may not vote any more is replaced by the admins. */
const policy = approvalPolicy.parse({
  id: 'policy',
  revision: 1,
  title: 'Team, then security',
  owner: { kind: 'tenant', name: 'Shop' },
  scope: {},
  appliesTo: {},
  enforcement: 'enforce',
  stages: ['team', 'security'].map((groupId) => ({
    groups: [{ title: groupId, who: [{ kind: 'group', groupId }], count: 1, hasVeto: groupId === 'security' }],
  })),
  rejection: 'veto',
});

const minuteMs = 60_000;
export const lifetimeMs = 60 * minuteMs;
const begin = Date.parse('2026-03-01T10:00:00Z');

/** Who is there at the beginning. Ann asks, Ida wrote part of it. */
export const firstPeople: readonly Elector[] = [
  person('ann', 'developer', ['team']),
  person('ida', 'releaseManager', ['team', 'security']),
  person('ben', 'developer', ['team']),
  person('cem', 'viewer', ['security']),
  person('dan', 'admin', []),
  person('eve', 'releaseManager', ['team', 'security']),
  person('fay', 'viewer', []),
];

function person(userId: string, role: Elector['role'], groupIds: readonly string[]): Elector {
  return { userId, name: userId, role, isDisabled: false, groupIds };
}

/** What the database would hold. */
export interface Rows {
  now: Date;
  people: readonly Elector[];
  standIns: readonly StandIn[];
  /** Hash of what the deployment would install now. */
  contentHash: string;
  request: { state: ApprovalState; subjectHash: string; expiresAt: Date; isUsed: boolean; votes: readonly Vote[] } | null;
  startCount: number;
  rollbackCount: number;
}

/**
 * The machine of approvals as the operations drive it, over rows in memory: every act reads the rows, decides by the functions of `core`, and writes the
 * rows only where they are still what was read. What is between two acts is lost by a crash.
 */
export class Desk {
  rows: Rows = {
    now: new Date(begin),
    people: firstPeople,
    standIns: [],
    contentHash: 'h0',
    request: null,
    startCount: 0,
    rollbackCount: 0,
  };

  /** Asks for approval of what the deployment would install now; for another content it begins anew. */
  ask(): void {
    const { request, contentHash: subjectHash, now } = this.rows;
    if (request?.subjectHash === subjectHash) return this.reopen();
    const expiresAt = new Date(now.getTime() + lifetimeMs);
    this.rows = { ...this.rows, request: { state: 'pending', subjectHash, expiresAt, isUsed: false, votes: [] } };
  }

  /** An approval that would not stand now waits for others again. */
  reopen(): void {
    const { request } = this.rows;
    if (request?.state === 'approved' && !request.isUsed && this.outcome() !== 'approved') this.become('pending');
  }

  vote(userId: string, answer: 'approve' | 'reject', shownHash: string): boolean {
    const { request, now } = this.rows;
    if (request === null || shownHash !== request.subjectHash || !this.may(userId, answer)) return false;
    const vote: Vote = { userId, answer, shownHash, givenAt: now, withdrawnAt: null };
    this.write({ ...request, votes: [...request.votes.filter((one) => one.userId !== userId), vote] });
    const outcome = this.outcome();
    if (outcome !== 'pending') this.become(outcome);
    return true;
  }

  withdraw(userId: string): boolean {
    const { request, now } = this.rows;
    if (request === null || !this.may(userId, 'withdraw')) return false;
    this.write({ ...request, votes: request.votes.map((vote) => (vote.userId === userId ? { ...vote, withdrawnAt: now } : vote)) });
    return true;
  }

  /** Time goes by; a request whose time is over ends. */
  pass(minutes: number): void {
    this.rows = { ...this.rows, now: new Date(this.rows.now.getTime() + minutes * minuteMs) };
    const { request, now } = this.rows;
    if (request?.state === 'pending' && now >= request.expiresAt) this.become('expired');
  }

  /** Starts the deployment if, in this very act, its request is approved for its content and the votes still stand. */
  start(): boolean {
    const { request, contentHash, startCount } = this.rows;
    this.reopen();
    const stands = request?.state === 'approved' && request.subjectHash === contentHash && !request.isUsed && this.outcome() === 'approved';
    if (!stands || startCount > 0) return false;
    this.write({ ...request, isUsed: true });
    this.rows = { ...this.rows, startCount: startCount + 1 };
    return true;
  }

  private may(userId: string, action: 'approve' | 'reject' | 'withdraw'): boolean {
    const request = this.request();
    if (request === null) return false;
    return approvalAbilities(request, userId, this.rows.now).some((one) => one.action === action && one.allowed);
  }

  private request(): Request | null {
    const { request, people, standIns } = this.rows;
    if (request === null) return null;
    const ballot: Ballot = { ...request, excluded: ['ann', 'ida'] };
    return { demand: { count: 0, policies: [policy] }, ballot, electorate: { people, codeOwnerIds: [], standIns } };
  }

  private outcome(): ApprovalState {
    const request = this.request();
    return request === null ? 'superseded' : outcomeOf(standingOf(request.demand, request.ballot, request.electorate));
  }

  private become(state: ApprovalState): void {
    const { request } = this.rows;
    if (request === null || request.state === state) return;
    if (!approvalMayBecome(request.state, state)) throw new Error(`no way from ${request.state} to ${state}`);
    this.write({ ...request, state });
  }

  private write(request: NonNullable<Rows['request']>): void {
    this.rows = { ...this.rows, request };
  }
}
