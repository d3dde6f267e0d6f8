import type { Tx } from '../client/index.ts';

export interface Retry {
  runId: string;
  version: number;
  ordinal: number;
  workflowName: string;
  namespace: string;
  stageKeys: string[];
}

/** Starts a new segment over the stages that have not succeeded; false when someone else was faster. */
export async function insertRetry(tx: Tx, tenantId: string, retry: Retry): Promise<boolean> {
  const { runId, version, stageKeys, ...segment } = retry;
  const { count } = await tx.pipelineRun.updateMany({
    where: { tenantId, id: runId, version, state: { in: ['failed', 'errored', 'cancelled'] } },
    data: { state: 'queued', reason: null, finishedAt: null, cancelRequestedAt: null, cancelRequestedBy: null, version: { increment: 1 } },
  });
  if (count === 0) return false;
  await tx.stageRun.updateMany({
    where: { tenantId, runId, key: { in: stageKeys } },
    data: { state: 'pending', reason: null, steps: [], outputs: {}, deploymentId: null, startedAt: null, finishedAt: null },
  });
  await tx.runSegment.create({ data: { tenantId, runId, ...segment, stageKeys, state: 'intended' } });
  return true;
}
