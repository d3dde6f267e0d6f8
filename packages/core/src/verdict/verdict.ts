import { z } from 'zod';

/** One rule's say in a verdict. */
export const verdictReason = z.strictObject({
  /** Name of the rule: `production-approval`, `one-at-a-time`, `environment-archived`, … */
  rule: z.string(),
  /** What holds and why, as a person reads it. */
  sentence: z.string(),
  /** Who or what lifts it. */
  liftedBy: z.string(),
  /** The earliest time at which it can be met; null when no time can be named. */
  earliestAt: z.date().nullable(),
});
export type VerdictReason = z.infer<typeof verdictReason>;

/**
 * The answer for one request at one time.
 * - `allowed`: it may start now.
 * - `heldUntil`: nothing stands against it but the time or another deployment; `until` is null when no time can be named.
 * - `needsApprovals`: people must say yes first.
 * - `denied`: it may not go at all, whatever one waits for.
 */
export const verdict = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('allowed'), reasons: z.array(verdictReason) }),
  z.strictObject({ kind: z.literal('heldUntil'), until: z.date().nullable(), reasons: z.array(verdictReason) }),
  z.strictObject({ kind: z.literal('needsApprovals'), missing: z.number().int().positive(), reasons: z.array(verdictReason) }),
  z.strictObject({ kind: z.literal('denied'), reasons: z.array(verdictReason) }),
]);
export type Verdict = z.infer<typeof verdict>;

/** What is asked for. */
export interface DeploymentRequest {
  /** Null while it is only a preview. */
  deploymentId: string | null;
  kind: 'deploy' | 'rollback';
  /** sha256 that approvals are bound to; null before it has been prepared. */
  subjectHash: string | null;
}

/** A deployment of the same service to the same environment that has touched something and has not ended. */
export interface ActiveDeployment {
  id: string;
  state: string;
  requestedByName: string;
}

/** All that rules look at: loaded by the caller, so that preview, start, wave and backtest share one function. */
export interface VerdictContext {
  now: Date;
  environment: { name: string; requiredApprovals: number; archivedAt: Date | null };
  service: { name: string; archivedAt: Date | null };
  active: readonly ActiveDeployment[];
  approval: { approvedCount: number; subjectHash: string; state: 'pending' | 'approved' | 'rejected' | 'expired' | 'superseded' } | null;
}
