import type { KubeObject } from '../store/index.ts';
import { parseDurationMs } from './language/duration.ts';
import type { WorkflowSpec } from './spec/schema.ts';
import { podName } from './status/ids.ts';
import { isFulfilled, isOver, type WorkflowStatus } from './status/status.ts';

/** What is to be tidied up after a workflow and its pods. */
export interface Cleanup {
  /** Pods of ended nodes that do not carry the label `completed=true` yet. */
  podsToLabel: string[];
  podsToDelete: string[];
  deleteWorkflow: boolean;
  wakeAt: Date | undefined;
}

/** Applies `podGC` and `ttlStrategy` to a workflow whose status has just been computed. Pods are given by name. */
export function planCleanup(
  workflow: { name: string; spec: WorkflowSpec; status: WorkflowStatus },
  pods: ReadonlyMap<string, KubeObject>,
  now: Date,
): Cleanup {
  const { spec, status } = workflow;
  const cleanup: Cleanup = { podsToLabel: [], podsToDelete: [], deleteWorkflow: false, wakeAt: undefined };
  for (const node of Object.values(status.nodes ?? {})) {
    const pod = node.type === 'Pod' && isFulfilled(node) ? pods.get(podName(workflow.name, node)) : undefined;
    if (pod === undefined) continue;
    if (pod.metadata.labels?.['workflows.argoproj.io/completed'] !== 'true') cleanup.podsToLabel.push(pod.metadata.name);
    const from = collectFrom(spec, status, { phase: node.phase, finishedAt: node.finishedAt });
    if (from === undefined) continue;
    if (from <= now) cleanup.podsToDelete.push(pod.metadata.name);
    else cleanup.wakeAt = earlier(cleanup.wakeAt, from);
  }
  const expiry = expiresAt(spec, status);
  if (expiry !== undefined) {
    if (expiry <= now) cleanup.deleteWorkflow = true;
    else cleanup.wakeAt = earlier(cleanup.wakeAt, expiry);
  }
  return cleanup;
}

/** The earlier of two moments, of which one may be absent. */
export function earlier(a: Date | undefined, b: Date | undefined): Date | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

function collectFrom(
  spec: WorkflowSpec,
  status: WorkflowStatus,
  node: { phase: string; finishedAt: string | null | undefined },
): Date | undefined {
  const delayMs = parseDurationMs(spec.podGC?.deleteDelayDuration ?? '5s') ?? 5000;
  const after = (time: string | null | undefined): Date => new Date(Date.parse(time ?? '') + delayMs);
  switch (spec.podGC?.strategy) {
    case 'OnPodCompletion':
      return after(node.finishedAt);
    case 'OnPodSuccess':
      return node.phase === 'Succeeded' ? after(node.finishedAt) : undefined;
    case 'OnWorkflowCompletion':
      return isOver(status.phase) ? after(status.finishedAt) : undefined;
    case 'OnWorkflowSuccess':
      return status.phase === 'Succeeded' ? after(status.finishedAt) : undefined;
    default:
      return undefined;
  }
}

function expiresAt(spec: WorkflowSpec, status: WorkflowStatus): Date | undefined {
  if (!isOver(status.phase) || typeof status.finishedAt !== 'string') return undefined;
  const ttl = spec.ttlStrategy;
  const specific = status.phase === 'Succeeded' ? ttl?.secondsAfterSuccess : ttl?.secondsAfterFailure;
  const seconds = specific ?? ttl?.secondsAfterCompletion;
  return seconds === undefined ? undefined : new Date(Date.parse(status.finishedAt) + seconds * 1000);
}
