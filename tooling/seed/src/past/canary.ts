import { createHash } from 'node:crypto';
import type { Strategy } from '@flow/core/deployment';
import type { AnalysisView, RolloutView } from '@flow/core/rollout';
import type { Observation } from '@flow/db/observation';
import { later } from './past.ts';

/** A release in one region as it was seen then. */
export interface SeenRelease {
  tenantId: string;
  clusterId: string;
  namespace: string;
  name: string;
  deploymentId: string;
  image: string;
  strategy: Strategy;
  replicas: number;
  /** What ran before; null of the first release. */
  previousDeploymentId: string | null;
  at: Date;
}

/** Pod hash of a deployment's revision: what the controller would call it is not known. */
function podHash(deploymentId: string | null): string {
  return deploymentId === null ? '' : createHash('sha256').update(deploymentId).digest('hex').slice(0, 10);
}

/** The Rollout when all traffic is on the revision of this deployment. */
export function healthyRollout(seen: SeenRelease): RolloutView {
  const { replicas, strategy, deploymentId, image } = seen;
  const hash = podHash(deploymentId);
  return {
    uid: `past-${seen.clusterId}-${seen.name}`,
    resourceVersion: '1',
    generation: 1,
    phase: 'Healthy',
    message: '',
    currentPodHash: hash,
    stablePodHash: hash,
    revision: seen.previousDeploymentId === null ? 1 : 2,
    stepIndex: null,
    stepCount: strategy.steps.length,
    steps: [...strategy.steps],
    pause: null,
    held: false,
    aborted: false,
    promotingFully: false,
    replicas: { desired: replicas, total: replicas, updated: replicas, ready: replicas, available: replicas },
    canaryWeight: 100,
    deploymentId,
    image,
  };
}

/** The Rollout when its canary has come to a step; past the last one all traffic is on the new revision, which is not healthy yet. */
export function steppingRollout(seen: SeenRelease, stepIndex: number): RolloutView {
  const { steps } = seen.strategy;
  const weights = steps.slice(0, stepIndex + 1).flatMap((step) => (step.kind === 'weight' ? [step.percent] : []));
  return {
    ...healthyRollout(seen),
    phase: 'Progressing',
    stablePodHash: podHash(seen.previousDeploymentId),
    stepIndex,
    canaryWeight: stepIndex >= steps.length ? 100 : (weights.at(-1) ?? 0),
  };
}

/** How long a canary stands at a step, in seconds. */
export function stepSeconds(step: Strategy['steps'][number]): number {
  return step.kind === 'pause' ? (step.durationSeconds ?? 0) : 3;
}

/** The Rollout when its controller has taken the canary back at its first step. */
export function abortedRollout(seen: SeenRelease): RolloutView {
  const { replicas } = seen;
  return {
    ...healthyRollout(seen),
    phase: 'Degraded',
    message: 'RolloutAborted: Rollout aborted update to revision 2',
    stablePodHash: podHash(seen.previousDeploymentId),
    stepIndex: 0,
    aborted: true,
    replicas: { desired: replicas, total: replicas, updated: 0, ready: replicas, available: replicas },
    canaryWeight: 0,
  };
}

const measurementsCount = 8;
const wave = [0, 0.4, 0.1, 0.7, 0.3, 0.5, 0.2, 0.6] as const;

/** What the background analysis of a canary measured: within the limits, or at last far above the one for errors. */
export function analysis(seen: SeenRelease, end: 'well' | 'stopped'): AnalysisView | null {
  const limits = seen.strategy.analysis;
  if (limits === null) return null;
  const count = end === 'well' ? measurementsCount : 3;
  const at = (index: number): string => later(seen.at, (index - count) * limits.intervalSeconds).toISOString();
  const isBad = (index: number): boolean => end === 'stopped' && index >= count - 2;
  const errorLimit = limits.maxErrorRatePercent / 100;
  const errors = Array.from({ length: count }, (_, index) => ({
    at: at(index),
    value: isBad(index) ? 0.31 + index * 0.02 : (wave[index % wave.length] ?? 0) * errorLimit * 0.2,
    phase: isBad(index) ? 'Failed' : 'Successful',
  }));
  const latencies = Array.from({ length: count }, (_, index) => ({
    at: at(index),
    value: Math.round(limits.maxP95Ms * (0.2 + (wave[index % wave.length] ?? 0) * 0.1)),
    phase: 'Successful',
  }));
  const phase = end === 'well' ? ('Successful' as const) : ('Failed' as const);
  const { failureLimit } = limits;
  const about = { message: '', failureLimit };
  return {
    uid: `past-${seen.deploymentId}-${seen.clusterId}`,
    name: `${seen.name}-${podHash(seen.deploymentId)}`,
    podHash: podHash(seen.deploymentId),
    kind: 'background',
    stepIndex: null,
    phase,
    message: '',
    startedAt: at(0),
    completedAt: seen.at.toISOString(),
    metrics: [
      {
        ...about,
        name: 'error-rate',
        phase,
        successCondition: `result <= ${errorLimit}`,
        limit: errorLimit,
        failed: errors.filter((one) => one.phase === 'Failed').length,
        measurements: errors,
      },
      {
        ...about,
        name: 'p95',
        phase: 'Successful',
        successCondition: `result <= ${limits.maxP95Ms}`,
        limit: limits.maxP95Ms,
        failed: 0,
        measurements: latencies,
      },
    ],
  };
}

/** The views as the watch of the cluster would have handed them on. */
export function observationsOf(seen: SeenRelease, rollout: RolloutView, measured: AnalysisView | null): Observation[] {
  const { tenantId, clusterId, namespace, name } = seen;
  const common = { tenantId, clusterId, namespace, release: name, resourceVersion: '1', runId: null, isDeleted: false };
  const runs: Observation[] =
    measured === null ? [] : [{ ...common, resource: 'analysisruns', name: measured.name, uid: measured.uid, view: measured }];
  return [{ ...common, resource: 'rollouts', name, uid: rollout.uid, view: rollout }, ...runs];
}
