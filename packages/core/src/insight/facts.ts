import type { BackCause, DeploymentState, TargetState } from '../deployment/index.ts';
import type { CanaryProgress } from '../rollout/index.ts';
import type { ReasonSource } from '../verdict/index.ts';

/** A region of a deployment that has ended. */
export interface TargetFact {
  region: string;
  wave: number;
  state: TargetState;
  /** When it was seen to have failed, or began to go back. */
  failedAt: Date | null;
  finishedAt: Date | null;
  /** The steps that its canary came to, oldest first. */
  progress: readonly CanaryProgress[];
  /** The first metric of its analysis that was beyond its limit, or that could not be measured. */
  badMetric: { name: string; isMeasured: boolean } | null;
}

/** What a deployment that had become healthy proved to be afterwards. */
export type Aftermath =
  /** Somebody asked to go back from it. */
  | { kind: 'takenBack'; askedAt: Date }
  /** An incident of its service is tied to it. */
  | { kind: 'incident'; openedAt: Date; closedAt: Date | null };

/** What a policy, or a rule of Flow's own, held a deployment by, from when to when. */
export interface HoldFact {
  source: ReasonSource;
  policyId: string;
  /** It waited for others that move, or for its turn. */
  isQueue: boolean;
  beganAt: Date;
  /** Null where the end was not kept: it lasted until the deployment ended. */
  endedAt: Date | null;
}

/** A deployment that has ended, with all that its figures are made from. */
export interface DeploymentFact {
  id: string;
  serviceId: string;
  environmentId: string;
  version: string;
  kind: 'deploy' | 'rollback';
  /** Who asked for it: a person, a program, or Flow itself. */
  invoker: 'person' | 'api' | 'automation';
  state: DeploymentState;
  reason: string | null;
  backCause: BackCause | null;
  /** When the commit was made that it was built from; null where that is not known. */
  committedAt: Date | null;
  /** No deployment of this artifact had succeeded there before. */
  isFirst: boolean;
  /** Null of one that has touched nothing. */
  startedAt: Date | null;
  finishedAt: Date;
  targets: readonly TargetFact[];
  aftermath: Aftermath | null;
  /** What people were asked, when they were, and when they had decided. */
  approval: { askedAt: Date; decidedAt: Date } | null;
  holds: readonly HoldFact[];
}
