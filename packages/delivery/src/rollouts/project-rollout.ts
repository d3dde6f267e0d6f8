import type { RolloutView } from '@flow/core/rollout';
import { listAt, numberAt, objectAt, textAt, valueAt } from '../json/index.ts';
import { effectivePhase } from './effective-phase.ts';
import { readStep } from './steps.ts';

const revisionAnnotation = 'rollout.argoproj.io/revision';

/** Label or annotation of everything that belongs to one deployment of Flow. */
export const deploymentMark = 'flow.dev/deployment';

/** The slim view of a Rollout object as a watch or a read gave it. Absent fields read as empty, so that a half-written object is never an error. */
export function projectRollout(rollout: unknown): RolloutView {
  const steps = listAt(rollout, 'spec', 'strategy', 'canary', 'steps').map(readStep);
  return {
    uid: textAt(rollout, 'metadata', 'uid'),
    resourceVersion: textAt(rollout, 'metadata', 'resourceVersion'),
    generation: numberAt(rollout, 'metadata', 'generation') ?? 0,
    ...effectivePhase(rollout),
    currentPodHash: textAt(rollout, 'status', 'currentPodHash'),
    stablePodHash: textAt(rollout, 'status', 'stableRS'),
    revision: numberAt(rollout, 'metadata', 'annotations', revisionAnnotation) ?? 0,
    stepIndex: numberAt(rollout, 'status', 'currentStepIndex'),
    stepCount: steps.length,
    steps,
    pause: pauseOf(rollout),
    held: valueAt(rollout, 'spec', 'paused') === true,
    aborted: valueAt(rollout, 'status', 'abort') === true,
    promotingFully: valueAt(rollout, 'status', 'promoteFull') === true,
    replicas: replicasOf(rollout),
    canaryWeight: weightOf(rollout),
    deploymentId: deploymentOf(rollout),
    image: textAt(rollout, 'spec', 'template', 'spec', 'containers', 0, 'image'),
  };
}

function pauseOf(rollout: unknown): RolloutView['pause'] {
  const [first] = listAt(rollout, 'status', 'pauseConditions');
  return first === undefined ? null : { reason: textAt(first, 'reason'), startedAt: textAt(first, 'startTime') };
}

function replicasOf(rollout: unknown): RolloutView['replicas'] {
  const count = (field: string): number => numberAt(rollout, 'status', field) ?? 0;
  return {
    desired: numberAt(rollout, 'spec', 'replicas') ?? 1,
    total: count('replicas'),
    updated: count('updatedReplicas'),
    ready: count('readyReplicas'),
    available: count('availableReplicas'),
  };
}

// Without a traffic router the Services spread requests evenly over pods, so the share of pods is the share of traffic.
function weightOf(rollout: unknown): number {
  const routed = numberAt(rollout, 'status', 'canary', 'weights', 'canary', 'weight');
  if (routed !== null) return routed;
  const current = textAt(rollout, 'status', 'currentPodHash');
  if (current !== '' && current === textAt(rollout, 'status', 'stableRS')) return 100;
  const { total, updated } = replicasOf(rollout);
  return total === 0 ? 0 : Math.round((100 * Math.min(updated, total)) / total);
}

function deploymentOf(rollout: unknown): string | null {
  const metadata = objectAt(rollout, 'spec', 'template', 'metadata');
  return textAt(metadata, 'annotations', deploymentMark) || textAt(metadata, 'labels', deploymentMark) || null;
}
