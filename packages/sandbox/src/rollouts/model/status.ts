import { z } from 'zod';
import { withoutZeroValues } from './canonical-json.ts';

export const analysisPhaseSchema = z.enum(['Pending', 'Running', 'Successful', 'Failed', 'Error', 'Inconclusive']);

/** Phase of an AnalysisRun, of a metric, of a measurement and of an Experiment. */
export type AnalysisPhase = z.infer<typeof analysisPhaseSchema>;

/** True when nothing more will be measured. */
export function isCompleted(phase: AnalysisPhase | '' | undefined | null): boolean {
  return phase === 'Successful' || phase === 'Failed' || phase === 'Error' || phase === 'Inconclusive';
}

const pauseReason = z.enum(['CanaryPauseStep', 'BlueGreenPause', 'InconclusiveAnalysisRun', 'InconclusiveExperiment']);
export type PauseReason = z.infer<typeof pauseReason>;

const condition = z.object({
  type: z.enum(['InvalidSpec', 'Available', 'Progressing', 'Paused', 'ReplicaFailure', 'Completed', 'Healthy']),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string(),
  message: z.string(),
  lastUpdateTime: z.string(),
  lastTransitionTime: z.string(),
});
export type RolloutCondition = z.infer<typeof condition>;

const runStatus = z.object({
  name: z.string(),
  status: z.union([analysisPhaseSchema, z.literal('')]).nullish(),
  message: z.string().nullish(),
});
export type RunStatus = z.infer<typeof runStatus>;

const phase = z.enum(['Healthy', 'Degraded', 'Progressing', 'Paused']);
export type RolloutPhase = z.infer<typeof phase>;

const count = z.number().int().nullish();
const text = z.string().nullish();

/** `status` of a Rollout as clients may have left it: any field may be missing or null. */
export const rolloutStatusSchema = z.object({
  phase: phase.nullish(),
  message: text,
  observedGeneration: text,
  currentPodHash: text,
  stableRS: text,
  currentStepIndex: count,
  currentStepHash: text,
  pauseConditions: z.array(z.object({ reason: pauseReason, startTime: z.string() })).nullish(),
  controllerPause: z.boolean().nullish(),
  abort: z.boolean().nullish(),
  abortedAt: text,
  promoteFull: z.boolean().nullish(),
  restartedAt: text,
  collisionCount: count,
  replicas: count,
  updatedReplicas: count,
  readyReplicas: count,
  availableReplicas: count,
  HPAReplicas: count,
  selector: text,
  conditions: z.array(condition).nullish(),
  canary: z
    .object({
      currentStepAnalysisRunStatus: runStatus.nullish(),
      currentBackgroundAnalysisRunStatus: runStatus.nullish(),
      currentExperiment: text,
    })
    .nullish(),
  blueGreen: z
    .object({
      activeSelector: text,
      previewSelector: text,
      scaleUpPreviewCheckPoint: z.boolean().nullish(),
      prePromotionAnalysisRunStatus: runStatus.nullish(),
      postPromotionAnalysisRunStatus: runStatus.nullish(),
    })
    .nullish(),
});
export type StoredStatus = z.infer<typeof rolloutStatusSchema>;

/** The status as the controller computes it: every field has a value or is known to be absent. */
export interface RolloutStatus {
  phase: RolloutPhase | undefined;
  message: string;
  observedGeneration: string;
  currentPodHash: string;
  stableRS: string;
  currentStepIndex: number | undefined;
  currentStepHash: string;
  pauseConditions: readonly { reason: PauseReason; startTime: string }[];
  controllerPause: boolean;
  abort: boolean;
  abortedAt: string | undefined;
  promoteFull: boolean;
  restartedAt: string | undefined;
  collisionCount: number | undefined;
  replicas: number;
  updatedReplicas: number;
  readyReplicas: number;
  availableReplicas: number;
  HPAReplicas: number;
  selector: string;
  conditions: readonly RolloutCondition[];
  canary: {
    currentStepAnalysisRunStatus: RunStatus | undefined;
    currentBackgroundAnalysisRunStatus: RunStatus | undefined;
    currentExperiment: string;
  };
  blueGreen: {
    activeSelector: string;
    previewSelector: string;
    scaleUpPreviewCheckPoint: boolean;
    prePromotionAnalysisRunStatus: RunStatus | undefined;
    postPromotionAnalysisRunStatus: RunStatus | undefined;
  };
}

/** The stored status with every gap filled, as a Go struct would read it. */
export function fromStored(stored: StoredStatus | null | undefined): RolloutStatus {
  const status = stored ?? {};
  return {
    phase: status.phase ?? undefined,
    ...textsOf(status),
    ...countsOf(status),
    currentStepIndex: status.currentStepIndex ?? undefined,
    collisionCount: status.collisionCount ?? undefined,
    pauseConditions: status.pauseConditions ?? [],
    controllerPause: status.controllerPause === true,
    abort: status.abort === true,
    promoteFull: status.promoteFull === true,
    conditions: status.conditions ?? [],
    canary: canaryOf(status),
    blueGreen: blueGreenOf(status),
  };
}

function canaryOf(status: StoredStatus): RolloutStatus['canary'] {
  return {
    currentStepAnalysisRunStatus: status.canary?.currentStepAnalysisRunStatus ?? undefined,
    currentBackgroundAnalysisRunStatus: status.canary?.currentBackgroundAnalysisRunStatus ?? undefined,
    currentExperiment: status.canary?.currentExperiment ?? '',
  };
}

function blueGreenOf(status: StoredStatus): RolloutStatus['blueGreen'] {
  return {
    activeSelector: status.blueGreen?.activeSelector ?? '',
    previewSelector: status.blueGreen?.previewSelector ?? '',
    scaleUpPreviewCheckPoint: status.blueGreen?.scaleUpPreviewCheckPoint ?? false,
    prePromotionAnalysisRunStatus: status.blueGreen?.prePromotionAnalysisRunStatus ?? undefined,
    postPromotionAnalysisRunStatus: status.blueGreen?.postPromotionAnalysisRunStatus ?? undefined,
  };
}

function textsOf(status: StoredStatus) {
  return {
    message: status.message ?? '',
    observedGeneration: status.observedGeneration ?? '',
    currentPodHash: status.currentPodHash ?? '',
    stableRS: status.stableRS ?? '',
    currentStepHash: status.currentStepHash ?? '',
    selector: status.selector ?? '',
    abortedAt: status.abortedAt ?? undefined,
    restartedAt: status.restartedAt ?? undefined,
  };
}

function countsOf(status: StoredStatus) {
  return {
    replicas: status.replicas ?? 0,
    updatedReplicas: status.updatedReplicas ?? 0,
    readyReplicas: status.readyReplicas ?? 0,
    availableReplicas: status.availableReplicas ?? 0,
    HPAReplicas: status.HPAReplicas ?? 0,
  };
}

const KEPT = new Set(['currentStepIndex', 'collisionCount', 'canary', 'blueGreen']);
const NONE = new Set<string>();

/** The status as it goes over the wire: zero values left out as the real controller leaves them out. */
export function toStored(status: RolloutStatus): Record<string, unknown> {
  const run = (value: RunStatus | undefined) => (value === undefined ? undefined : withoutZeroValues(value, new Set(['name', 'status'])));
  const stored: Record<string, unknown> = withoutZeroValues(
    {
      ...status,
      canary: withoutZeroValues(
        {
          ...status.canary,
          currentStepAnalysisRunStatus: run(status.canary.currentStepAnalysisRunStatus),
          currentBackgroundAnalysisRunStatus: run(status.canary.currentBackgroundAnalysisRunStatus),
        },
        NONE,
      ),
      blueGreen: withoutZeroValues(
        {
          ...status.blueGreen,
          prePromotionAnalysisRunStatus: run(status.blueGreen.prePromotionAnalysisRunStatus),
          postPromotionAnalysisRunStatus: run(status.blueGreen.postPromotionAnalysisRunStatus),
        },
        NONE,
      ),
    },
    KEPT,
  );
  for (const key of ['currentStepIndex', 'collisionCount']) if (stored[key] === undefined) delete stored[key];
  return stored;
}
