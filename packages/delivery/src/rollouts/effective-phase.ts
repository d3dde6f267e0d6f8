import { rolloutPhase } from '@flow/core/rollout';
import type { RolloutView } from '@flow/core/rollout';
import { listAt, numberAt, textAt, valueAt } from '../json/index.ts';

const workloadGeneration = 'rollout.argoproj.io/workload-generation';

/** The phase that may be trusted (argo-rollouts `GetRolloutPhase`): Progressing as long as the controller has not seen the newest spec. */
export function effectivePhase(rollout: unknown): { phase: RolloutView['phase']; message: string } {
  if (numberAt(rollout, 'status', 'observedGeneration') !== numberAt(rollout, 'metadata', 'generation')) {
    return { phase: 'Progressing', message: 'waiting for rollout spec update to be observed' };
  }
  if (valueAt(rollout, 'status', 'controllerPause') === true && listAt(rollout, 'status', 'pauseConditions').length === 0) {
    return { phase: 'Progressing', message: 'waiting for rollout to unpause' };
  }
  const isFromWorkload = valueAt(rollout, 'spec', 'workloadRef') !== undefined;
  const wanted = textAt(rollout, 'metadata', 'annotations', workloadGeneration);
  if (isFromWorkload && wanted !== textAt(rollout, 'status', 'workloadObservedGeneration')) {
    return { phase: 'Progressing', message: 'waiting for rollout spec update to be observed for the reference workload' };
  }
  const phase = rolloutPhase.safeParse(valueAt(rollout, 'status', 'phase'));
  return { phase: phase.success ? phase.data : 'Progressing', message: textAt(rollout, 'status', 'message') };
}
