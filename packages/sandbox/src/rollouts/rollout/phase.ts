import type { RolloutSpec } from '../model/spec.ts';
import { isCompleted, type RolloutPhase, type RolloutStatus } from '../model/status.ts';

interface PhaseAndMessage {
  phase: RolloutPhase;
  message: string;
}

/**
 * `status.phase` and `status.message`, from the finished status. The order of the questions is that of `CalculateRolloutPhase`
 * (argo-rollouts `utils/rollout/rolloututil.go`): bad conditions, pauses, restart, pods, then what the strategy still waits for.
 */
export function phaseOf(spec: RolloutSpec, status: RolloutStatus): PhaseAndMessage {
  const bad = status.conditions.find(
    ({ type, reason }) => type === 'InvalidSpec' || reason === 'RolloutAborted' || reason === 'ProgressDeadlineExceeded',
  );
  if (bad !== undefined)
    return { phase: 'Degraded', message: `${bad.type === 'InvalidSpec' ? 'InvalidSpec' : bad.reason}: ${bad.message}` };
  if (spec.paused === true) return { phase: 'Paused', message: 'manually paused' };
  const pause = status.pauseConditions[0];
  if (pause !== undefined) return { phase: 'Paused', message: pause.reason };
  const waitsFor = podsAwaited(spec, status) ?? strategyAwaited(spec, status);
  return waitsFor === undefined ? { phase: 'Healthy', message: '' } : { phase: 'Progressing', message: waitsFor };
}

function podsAwaited(spec: RolloutSpec, status: RolloutStatus): string | undefined {
  if (spec.restartAt && spec.restartAt !== status.restartedAt) return 'rollout is restarting';
  if (status.updatedReplicas < (spec.replicas ?? 1)) return 'more replicas need to be updated';
  if (status.availableReplicas < status.updatedReplicas) return 'updated replicas are still becoming available';
  return undefined;
}

function strategyAwaited(spec: RolloutSpec, status: RolloutStatus): string | undefined {
  const isPromoted = status.stableRS !== '' && status.stableRS === status.currentPodHash;
  const blueGreen = spec.strategy?.blueGreen;
  if (blueGreen) {
    const { activeSelector, postPromotionAnalysisRunStatus } = status.blueGreen;
    if (activeSelector === '' || activeSelector !== status.currentPodHash) return 'active service cutover pending';
    if (isPromoted) return undefined;
    const waitsForAnalysis = blueGreen.postPromotionAnalysis && !isCompleted(postPromotionAnalysisRunStatus?.status);
    return waitsForAnalysis ? 'waiting for analysis to complete' : 'waiting for post-promotion verification to complete';
  }
  if (status.replicas > status.updatedReplicas) return 'old replicas are pending termination';
  return isPromoted ? undefined : 'waiting for all steps to complete';
}
