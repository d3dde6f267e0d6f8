import type { ActionProgress, DeploymentState } from '../deployment/index.ts';
import type { RunState, StageState } from './state.ts';

/** A stage as the engine shows it. `open` is a gate that waits to be settled. */
export interface EngineStage {
  key: string;
  state: 'pending' | 'running' | 'open' | 'succeeded' | 'failed' | 'skipped';
  message: string;
  outputs: Readonly<Record<string, string>>;
  /** What its steps have written of what they found out. */
  evidence: readonly StepEvidence[];
  startedAt: Date | null;
}

/** What one step has written to its evidence file. */
export interface StepEvidence {
  step: string;
  text: string;
}

/** The newest Workflow of a run, as last observed. */
export interface EngineSegment {
  stages: readonly EngineStage[];
  outcome: 'running' | 'succeeded' | 'failed' | 'errored';
  message: string;
  /** Flow has ended it at a gate that waits for long. */
  isParked: boolean;
}

export interface StageSnapshot {
  key: string;
  kind: 'steps' | 'publish' | 'deploy' | 'approval';
  needs: readonly string[];
  state: StageState;
  reason: string | null;
  /** Deploy stages: the deployment that was asked for, with where it stands. */
  deployment: { id: string; state: DeploymentState; reason: string | null; isWaiting: boolean } | null;
  /** Approval stages: what a person answered. */
  answer: { approved: boolean; by: string; comment: string } | null;
  /** How the tries ended of what Flow has to do for this stage now: record, ask, settle. `none` before one has failed. */
  work: ActionProgress;
  /** How far Flow has come with keeping what its steps have found out. */
  evidence: ActionProgress;
}

/** All that `decideRun` looks at. */
export interface RunSnapshot {
  id: string;
  state: RunState;
  reason: string | null;
  cancelRequestedBy: string | null;
  /** Creation of the newest segment's Workflow. */
  creation: ActionProgress;
  /** The newest segment was ended at a gate that waits for long: the next one comes when the gate is settled. */
  isParked: boolean;
  /** Null until the Workflow was observed. */
  segment: EngineSegment | null;
  stages: readonly StageSnapshot[];
  /** The artifact that this run has recorded. */
  artifactId: string | null;
}

export type RunEffect =
  | { kind: 'createWorkflow' }
  | { kind: 'recordArtifact'; stageKey: string; outputs: Readonly<Record<string, string>> }
  | { kind: 'keepEvidence'; stageKey: string; written: readonly StepEvidence[] }
  | { kind: 'askDeployment'; stageKey: string; artifactId: string }
  | { kind: 'settleGate'; stageKey: string; outcome: 'succeeded' | 'failed'; message: string }
  | { kind: 'cancelDeployment'; deploymentId: string }
  | { kind: 'terminateWorkflow' }
  /** Ends a Workflow in which nothing moves, so that a wait of hours holds no place in the engine. */
  | { kind: 'parkWorkflow' }
  | { kind: 'startSegment'; stageKeys: readonly string[] };

export interface StageDecision {
  key: string;
  state: StageState;
  reason: string | null;
}

export interface RunDecision {
  state: RunState;
  reason: string | null;
  stages: readonly StageDecision[];
  effects: readonly RunEffect[];
}
