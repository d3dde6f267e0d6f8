import { z } from 'zod';
import type { Governance } from './governance.ts';

/** What a reason comes from. `builtIn` are Flow's own: an archived place, one at a time, approvals of production. */
export const reasonSource = z.enum(['builtIn', 'rule', 'freeze', 'guardrail', 'gate', 'approval']);
export type ReasonSource = z.infer<typeof reasonSource>;

/** What a reason does. `note` only tells. */
export const reasonEffect = z.enum(['deny', 'approvals', 'hold', 'note']);
export type ReasonEffect = z.infer<typeof reasonEffect>;

/** One rule's say in a verdict. */
export const verdictReason = z.strictObject({
  /** Name of the rule: `production-approval`, `one-at-a-time`, `environment-archived`, …, the key of a rule that comes with Flow, else its id. */
  rule: z.string(),
  /** What holds and why, as a person reads it. */
  sentence: z.string(),
  /** Who or what lifts it. */
  liftedBy: z.string(),
  /** The earliest time at which it can be met; null when no time can be named. */
  earliestAt: z.date().nullable(),
  source: reasonSource,
  /** Id of the rule, freeze, guardrail or gate; of Flow's own the name. */
  id: z.string(),
  /** Whose it is, as people read it. */
  owner: z.string(),
  effect: reasonEffect,
  /** An exemption can lift it: planned, or by break-glass. */
  exemptible: z.boolean(),
  /** The exemption that has passed it, or asks for people in its stead; null when there is none. */
  exemption: z.enum(['planned', 'breakGlass']).nullable(),
});
export type VerdictReason = z.infer<typeof verdictReason>;

const answered = {
  reasons: z.array(verdictReason),
  /** What rules in shadow would have said. It decides nothing. */
  shadow: z.array(verdictReason),
  /**
   * The one earliest instant at which everything is met that stands against it, by time alone; the time of the question when nothing does. Null when
   * people, another deployment or a change must come first, or when no time was found.
   */
  earliestAt: z.date().nullable(),
  /** How many people must say yes in all, whoever they are; what policies ask of their groups comes on top. */
  approvalsRequired: z.number().int().min(0),
  /** The approval policies that ask people, whether they are content already or not. */
  approvalPolicyIds: z.array(z.string()),
  /** The approval policies that approve it by themselves, each with the reason that is kept. */
  autoApproved: z.array(z.strictObject({ policyId: z.string(), reason: z.string() })),
  /** The exemptions by which something in force is passed, or asks for people instead. */
  exemptionIds: z.array(z.string()),
};

/**
 * The answer for one request at one time.
 * - `allowed`: it may start now.
 * - `heldUntil`: nothing stands against it but the time, another deployment or missing evidence; `until` is null when no time can be named.
 * - `needsApprovals`: people must say yes first.
 * - `denied`: it may not go as it is; a reason may still name a time at which it could be asked for again.
 */
export const verdict = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('allowed'), ...answered }),
  z.strictObject({ kind: z.literal('heldUntil'), until: z.date().nullable(), ...answered }),
  z.strictObject({ kind: z.literal('needsApprovals'), missing: z.number().int().positive(), ...answered }),
  z.strictObject({ kind: z.literal('denied'), ...answered }),
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

/** Where a deployment that waits stands among the others that do. */
export interface Turn {
  /** Those whose turn under a limit comes before, with the limit. */
  ahead: readonly { deploymentId: string; name: string; limitId: string; limit: string }[];
  /** Names of those with which it waits in a circle: each for the end of the next. Empty when it does not. */
  circle: readonly string[];
  /** It was asked to start then, not earlier. */
  notBefore: Date | null;
}

/** What is asked for is in quarantine. */
export interface InQuarantine {
  reason: string;
  placedByName: string;
}

/** A person keeps the place at a version. */
export interface Pinned {
  version: string;
  reason: string;
  placedByName: string;
  /** The request is one of automation, which waits for the person; another person decides for themselves. */
  holds: boolean;
}

/** What runs in the place soaks there, to be promoted by a rule: automation leaves it alone so long. */
export interface Soaking {
  version: string;
  /** Name of the environment that it goes to afterwards. */
  toName: string;
  /** Null while it is being promoted, at this moment. */
  until: Date | null;
}

/** Whoever asked for it, as they stand in the tenant now. */
export interface Asker {
  name: string;
  mayDeploy: boolean;
}

/** All that rules look at: loaded by the caller, so that preview, start, wave and backtest share one function. */
export interface VerdictContext {
  now: Date;
  environment: { name: string; requiredApprovals: number; archivedAt: Date | null };
  service: { name: string; archivedAt: Date | null };
  active: readonly ActiveDeployment[];
  approval: { approvedCount: number; subjectHash: string; state: 'pending' | 'approved' | 'rejected' | 'expired' | 'superseded' } | null;
  /** Null, or left out, where what is asked for may be deployed. */
  quarantine?: InQuarantine | null;
  /** Null, or left out, where nobody keeps the place at another version. */
  pin?: Pinned | null;
  /** Null, or left out, where automation would take nothing away that soaks. */
  soaking?: Soaking | null;
  /** Of a deployment that has not begun and that a person asked for. */
  asker?: Asker | null;
  /** Of a deployment that has not begun; without it nobody is before it. */
  turn?: Turn;
  /** Rules, freezes, guardrails, gates and exemptions with what they look at; without it only Flow's own rules speak. */
  governance?: Governance;
}
