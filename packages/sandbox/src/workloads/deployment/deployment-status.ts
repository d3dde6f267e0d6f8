import { toTime } from '../../store/index.ts';
import type { DeploymentSet } from './plan-deployment.ts';

export interface DeploymentCondition {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastUpdateTime: string;
  lastTransitionTime: string;
}

export interface DeploymentFacts {
  name: string;
  generation: number;
  replicas: number;
  maxUnavailable: number;
  progressDeadlineS: number;
  isPaused: boolean;
  sets: readonly DeploymentSet[];
  readyReplicas: number;
  before: { conditions: readonly DeploymentCondition[]; counts: string };
}

/** The status of a Deployment, as `kubectl rollout status` and Helm read it, and when its deadline passes. */
export function deploymentStatus(facts: DeploymentFacts, now: Date): { status: Record<string, unknown>; wakeAt: Date | undefined } {
  const freshName = facts.sets.find((set) => set.isNew)?.name ?? '';
  const counts = countPods(facts);
  const isComplete = counts.updatedReplicas === facts.replicas && counts.replicas === facts.replicas;
  const isDone = isComplete && counts.availableReplicas >= facts.replicas;
  const progressing = progress(facts, { isDone, hasMoved: JSON.stringify(counts) !== facts.before.counts, freshName }, now);
  const hasEnough = counts.availableReplicas >= facts.replicas - facts.maxUnavailable;
  const conditions = [availability(hasEnough), progressing].map((condition) => dated(facts, condition, now));
  const update = conditions.find((condition) => condition.type === 'Progressing')?.lastUpdateTime;
  const deadlineMs = Date.parse(update ?? '') + facts.progressDeadlineS * 1000;
  const waits = !isDone && !facts.isPaused && deadlineMs >= now.getTime();
  return {
    status: { observedGeneration: facts.generation, ...counts, conditions },
    wakeAt: waits ? new Date(deadlineMs + 1000) : undefined,
  };
}

function countPods({ sets, replicas, readyReplicas }: DeploymentFacts) {
  const availableReplicas = sets.reduce((sum, set) => sum + set.availableReplicas, 0);
  return {
    replicas: sets.reduce((sum, set) => sum + set.replicas, 0),
    updatedReplicas: sets.find((set) => set.isNew)?.replicas ?? 0,
    readyReplicas,
    availableReplicas,
    unavailableReplicas: Math.max(0, replicas - availableReplicas),
  };
}

function availability(hasEnough: boolean): NewCondition {
  return hasEnough
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

type NewCondition = Omit<DeploymentCondition, 'lastUpdateTime' | 'lastTransitionTime'> & { renew?: boolean };

function progress(facts: DeploymentFacts, seen: { isDone: boolean; hasMoved: boolean; freshName: string }, now: Date): NewCondition {
  const known = facts.before.conditions.find((condition) => condition.type === 'Progressing');
  const set = `ReplicaSet "${seen.freshName}"`;
  if (facts.isPaused) return { type: 'Progressing', status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' };
  if (seen.isDone)
    return { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: `${set} has successfully progressed.` };
  const isLate = known !== undefined && Date.parse(known.lastUpdateTime) + facts.progressDeadlineS * 1000 < now.getTime();
  const wasOver = known?.reason === 'NewReplicaSetAvailable' || known?.reason === 'DeploymentPaused';
  if (!seen.hasMoved && !wasOver && (isLate || known?.reason === 'ProgressDeadlineExceeded')) {
    return { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: `${set} has timed out progressing.` };
  }
  return { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message: `${set} is progressing.`, renew: seen.hasMoved };
}

function dated(facts: DeploymentFacts, { renew, ...condition }: NewCondition, now: Date): DeploymentCondition {
  const known = facts.before.conditions.find((one) => one.type === condition.type);
  const at = toTime(now);
  const isSame = known?.status === condition.status && known.reason === condition.reason;
  return {
    ...condition,
    lastUpdateTime: isSame && renew !== true ? known.lastUpdateTime : at,
    lastTransitionTime: known?.status === condition.status ? known.lastTransitionTime : at,
  };
}
