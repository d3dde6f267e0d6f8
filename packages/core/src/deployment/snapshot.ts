import type { AnalysisView, RolloutView } from '../rollout/index.ts';
import type { Plan } from './plan.ts';
import type { BackCause, DeploymentState, TargetState } from './state.ts';

/** How far an action on an engine has come. `failed` is final: trying again would not help. `trouble` says why it has not worked so far. */
export type ActionProgress =
  | { state: 'none' }
  | { state: 'intended'; trouble?: string | undefined }
  | { state: 'done' }
  | { state: 'failed'; reason: string };

/** One target as the reconciler loaded it. */
export interface TargetSnapshot {
  id: string;
  region: string;
  wave: number;
  state: TargetState;
  /** Why it is in this state, as last written. */
  reason: string | null;
  /** Since when its cluster cannot be reached; null when it can. */
  unreachableSince: Date | null;
  /** Helm revision to go back to; null when this deployment is the first of its release. */
  previousRevision: number | null;
  /** Newest view of the Rollout, null when none was observed. */
  observed: RolloutView | null;
  analyses: readonly AnalysisView[];
  upgrade: ActionProgress;
  rollback: ActionProgress;
  /** Flow's own abort of the canary. */
  takeBack: ActionProgress;
  /** Name of the person whose abort of this revision was carried out; null when the controller aborted by itself. */
  abortedBy: string | null;
  /** The hold that Flow has put on the canary and not taken back; null when there is none. A pause by a person is not one. */
  hold: { id: string; sentence: string } | null;
  /** What was begun on the canary and has no recorded end: a worker died between the act and its record, or before the act. */
  begun: readonly CanaryEffect[];
}

/** The answer of `evaluate` for this deployment at this moment, as far as the machine needs it. */
export type Permission =
  /** `toRecord`: a policy approves it by itself, which is written down before it starts. */
  | { kind: 'allowed'; toRecord?: boolean }
  /** `isAsked`: the request that people see asks for exactly this. */
  | { kind: 'needsApprovals'; sentence: string; isAsked: boolean }
  | { kind: 'held'; sentence: string; until: Date | null }
  | { kind: 'denied'; sentence: string };

/**
 * What governance says of a deployment that moves: go on, stay where it is, or go back. The id of a hold is the same for as long as it is the same hold,
 * so that one hold pauses a canary once. `until` is null when no time can be named.
 */
export type InFlight =
  | { kind: 'go' }
  | { kind: 'hold'; id: string; sentence: string; until: Date | null }
  | { kind: 'rollBack'; sentence: string };

export type ApprovalOutcome = 'none' | 'pending' | 'approved' | 'rejected' | 'expired' | 'superseded';

/** All that `decide` looks at: rows and the newest observed state. */
export interface DeploymentSnapshot {
  id: string;
  state: DeploymentState;
  /** Why it is in this state, as last written. */
  reason: string | null;
  plan: Plan;
  currentWave: number;
  waveFinishedAt: Date | null;
  /** The last wave, counted from 0, that a person has let begin at a pause of the plan. */
  continuedWave: number;
  /** How many regions that failed a person has accepted. */
  acceptedFailures: number;
  requestedAction: { kind: 'cancel' | 'rollback'; by: string } | null;
  /** Rendering and checking before anything else. */
  preparation: ActionProgress;
  approval: ApprovalOutcome;
  permission: Permission;
  /** Once nothing stands against it any more it starts; else it waits for someone to start it. */
  startsItself: boolean;
  inFlight: InFlight;
  /** A younger deployment of the same service to the same environment. */
  newerDeploymentId: string | null;
  targets: readonly TargetSnapshot[];
}

/** What the reconciler must do in the world; each is idempotent under its key. */
export type Effect =
  | { kind: 'prepare'; key: string }
  | { kind: 'requestApproval'; key: string }
  | { kind: 'closeApproval'; key: string }
  | { kind: 'helmUpgrade'; key: string; targetId: string }
  | { kind: 'rolloutAbort'; key: string; targetId: string }
  /** Pauses the canary where it stands, and lets it go on from there. */
  | { kind: 'rolloutHold'; key: string; targetId: string; hold: { id: string; sentence: string } }
  | { kind: 'rolloutRelease'; key: string; targetId: string; holdId: string }
  | { kind: 'helmRollback'; key: string; targetId: string; toRevision: number };

/** What Flow does to a canary by itself. */
export type CanaryEffect = Extract<Effect, { kind: 'rolloutAbort' | 'rolloutHold' | 'rolloutRelease' }>;

export interface TargetDecision {
  id: string;
  state: TargetState;
  reason: string | null;
}

export interface Decision {
  state: DeploymentState;
  reason: string | null;
  currentWave: number;
  waveFinishedAt: Date | null;
  targets: readonly TargetDecision[];
  effects: readonly Effect[];
  /** Look again at this time even if nothing happens. */
  wakeAt: Date | null;
  /** Why it goes back, when it begins to with this decision. */
  backCause?: BackCause;
}
