import type { PastOutcome } from '../backtest/index.ts';
import type { ReasonEffect, ReasonSource } from '../verdict/index.ts';

/** What a policy said once of one request, from when to when. */
export interface Statement {
  /** Null for what was refused when it was asked for. */
  deploymentId: string | null;
  serviceId: string;
  environmentId: string;
  digest: string;
  source: ReasonSource;
  policyId: string;
  effect: ReasonEffect;
  isShadow: boolean;
  sentence: string;
  /** An exemption passed it, or asked for people in its stead. */
  isExempted: boolean;
  beganAt: Date;
  /** Null while it is still said. */
  endedAt: Date | null;
}

/** A start of the past, with what became of it. */
export interface Start {
  deploymentId: string;
  serviceId: string;
  environmentId: string;
  digest: string;
  at: Date;
  outcome: PastOutcome;
}

/** A request for approval of the past. */
export interface Asking {
  deploymentId: string;
  serviceId: string;
  environmentId: string;
  createdAt: Date;
  /** When people decided it; null while they have not, and where a policy approved by itself. */
  decidedAt: Date | null;
  isRejected: boolean;
  policyIds: readonly string[];
  votes: readonly { userId: string; at: Date }[];
}

/** A group of people that approval policies name. */
export interface ApproverTeam {
  id: string;
  memberIds: readonly string[];
  /** The approval policies that name it. */
  policyIds: readonly string[];
}

/** All that the ledger is made from. */
export interface LedgerRecord {
  statements: readonly Statement[];
  starts: readonly Start[];
  askings: readonly Asking[];
  teams: readonly ApproverTeam[];
  /** Up to when: what has not ended waits until then. */
  now: Date;
}
