import type { KubeObject, NewObject } from '../../store/index.ts';
import type { EventNote } from '../../workloads/index.ts';
import type { AnalysisTemplates } from '../analysis/templates.ts';
import type { RolloutSpec } from './spec.ts';
import type { AnalysisPhase, RolloutStatus } from './status.ts';

/** A ReplicaSet of a Rollout, as far as decisions look at it. */
export interface ReplicaSetView {
  name: string;
  uid: string;
  hash: string;
  revision: number;
  createdAtMs: number;
  /** Pods asked for. */
  specReplicas: number;
  /** Pods that exist. */
  replicas: number;
  readyReplicas: number;
  availableReplicas: number;
  minReadySeconds: number;
  scaleDownDeadlineMs: number | undefined;
  /** The ReplicaSet controller has seen the newest spec. */
  isObserved: boolean;
  /** As it is stored. */
  object: KubeObject;
}

export interface AnalysisRunView {
  name: string;
  labels: Readonly<Record<string, string>>;
  createdAtMs: number;
  phase: AnalysisPhase | '';
  message: string;
  terminate: boolean;
}

export interface ExperimentView {
  name: string;
  hash: string;
  createdAtMs: number;
  phase: AnalysisPhase | '';
  message: string;
  terminate: boolean;
}

export interface ServiceView {
  hash: string;
  managedBy: string | undefined;
}

export interface PodView {
  name: string;
  replicaSetUid: string;
  createdAtMs: number;
  isAvailable: boolean;
}

/** All that one reconcile of a Rollout decides from. */
export interface RolloutSnapshot {
  rollout: KubeObject;
  spec: RolloutSpec;
  status: RolloutStatus;
  /** What it owns. */
  replicaSets: readonly ReplicaSetView[];
  analysisRuns: readonly AnalysisRunView[];
  experiments: readonly ExperimentView[];
  pods: readonly PodView[];
  /** Services that the strategy names and that exist. */
  services: ReadonlyMap<string, ServiceView>;
  templates: AnalysisTemplates;
}

/** What one reconcile of a Rollout asks for. Everything in it is safe to do twice. */
export interface RolloutPlan {
  status: RolloutStatus;
  /** Set as `spec.replicas`, which must not be absent. */
  defaultReplicas?: number;
  /** Written as the revision annotation of the Rollout. */
  revision?: number;
  createReplicaSet?: NewObject;
  replicaSets: { name: string; replicas?: number; minReadySeconds?: number; annotations?: Record<string, string | null> }[];
  deleteReplicaSets: string[];
  services: { name: string; hash: string }[];
  createAnalysisRuns: NewObject[];
  terminateAnalysisRuns: string[];
  deleteAnalysisRuns: string[];
  createExperiments: NewObject[];
  terminateExperiments: string[];
  deleteExperiments: string[];
  deletePods: string[];
  events: EventNote[];
  /** When to decide again even if nothing changes. */
  wakeAt: Date | undefined;
}
