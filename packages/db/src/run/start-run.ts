import type { Tx } from '../client/index.ts';

export interface NewRun {
  id: string;
  serviceId: string;
  commitSha: string;
  commitMessage: string;
  commitAuthor: string;
  branch: string;
  trigger: 'push' | 'person' | 'api';
  requestedBy: string | null;
  clusterId: string;
  createdAt: Date;
}

/** Adds a run with the next number of its service. The lock on the service's row keeps two starts apart. */
export async function insertRun(tx: Tx, tenantId: string, run: NewRun): Promise<number> {
  await tx.$queryRaw`SELECT 1 FROM service WHERE tenant_id = ${tenantId} AND id = ${run.serviceId} FOR UPDATE`;
  const last = await tx.pipelineRun.findFirst({
    where: { tenantId, serviceId: run.serviceId },
    orderBy: { number: 'desc' },
    select: { number: true },
  });
  const number = (last?.number ?? 0) + 1;
  await tx.pipelineRun.create({ data: { tenantId, ...run, number, state: 'queued', definition: {} } });
  return number;
}

/**
 * A cluster for pipelines that answers and has Workflows, nearest to the tenant: one of its targets' first. Null when there is none. It cannot be removed
 * until the transaction ends.
 */
export async function findPipelineCluster(tx: Tx, tenantId: string): Promise<string | null> {
  const clusters = await tx.cluster.findMany({
    where: {
      removedAt: null,
      purposes: { has: 'pipelines' },
      health: { not: 'unreachable' },
      capabilities: { path: ['workflows'], equals: true },
    },
    orderBy: [{ region: 'asc' }, { name: 'asc' }],
    select: { id: true, targets: { where: { tenantId }, select: { id: true }, take: 1 } },
  });
  const found = clusters.find((cluster) => cluster.targets.length > 0) ?? clusters[0];
  if (found === undefined) return null;
  const held = await tx.$queryRaw`SELECT id FROM cluster WHERE id = ${found.id} AND removed_at IS NULL FOR SHARE`;
  return Array.isArray(held) && held.length === 1 ? found.id : null;
}

/** Notes a person's wish to cancel; false when the run has ended or someone has asked before. */
export async function requestCancel(tx: Tx, tenantId: string, cancel: { runId: string; by: string; at: Date }): Promise<boolean> {
  const { count } = await tx.pipelineRun.updateMany({
    where: { tenantId, id: cancel.runId, state: { in: ['queued', 'running', 'waiting'] }, cancelRequestedAt: null },
    data: { cancelRequestedAt: cancel.at, cancelRequestedBy: cancel.by, version: { increment: 1 } },
  });
  return count === 1;
}

/** Keeps a person's answer at an approval stage; false when it does not wait or was answered before. */
export async function saveStageAnswer(
  tx: Tx,
  tenantId: string,
  answer: { runId: string; stageKey: string; approved: boolean; by: string; comment: string },
): Promise<boolean> {
  const { runId, stageKey, ...said } = answer;
  const { count } = await tx.stageRun.updateMany({
    where: { tenantId, runId, key: stageKey, kind: 'approval', state: 'waiting', outputs: { equals: {} } },
    data: { outputs: { answer: said } },
  });
  return count === 1;
}

export interface RunForAction {
  id: string;
  version: number;
  state: string;
  number: number;
  serviceId: string;
  requestedBy: string | null;
  commitSha: string;
  stages: { key: string; kind: string; state: string }[];
  segments: { ordinal: number; namespace: string }[];
}

/** What a retry and an answer look at. */
export async function findRunForAction(tx: Tx, tenantId: string, runId: string): Promise<RunForAction | null> {
  return tx.pipelineRun.findUnique({
    where: { tenantId_id: { tenantId, id: runId } },
    select: {
      id: true,
      version: true,
      state: true,
      number: true,
      serviceId: true,
      requestedBy: true,
      commitSha: true,
      stages: { select: { key: true, kind: true, state: true }, orderBy: { position: 'asc' } },
      segments: { select: { ordinal: true, namespace: true }, orderBy: { ordinal: 'asc' } },
    },
  });
}
