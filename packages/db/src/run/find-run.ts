import { z } from 'zod';
import type { Tx } from '../client/index.ts';
import { createdBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

/** A row of the list of runs. */
export interface RunRow {
  id: string;
  serviceId: string;
  serviceSlug: string;
  serviceName: string;
  number: number;
  state: string;
  reason: string | null;
  branch: string;
  commitSha: string;
  commitMessage: string;
  commitAuthor: string;
  trigger: string;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export interface StageRow {
  key: string;
  name: string;
  kind: string;
  position: number;
  needs: string[];
  state: string;
  reason: string | null;
  steps: StepRow[];
  deploymentId: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
}

/** One step of a stage as last observed; unknown fields of later versions are dropped. */
export const stepRow = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  reason: z.string().nullable().default(null),
  startedAt: z.string().nullable().default(null),
  finishedAt: z.string().nullable().default(null),
  attempt: z.number().int().default(1),
  /** The step's log is read under this id. */
  logId: z.string().nullable().default(null),
  needs: z.array(z.string()).default([]),
});
export type StepRow = z.infer<typeof stepRow>;

export interface RunDetail extends RunRow {
  version: number;
  requestedBy: string | null;
  clusterId: string;
  cancelRequestedAt: Date | null;
  stages: StageRow[];
  segments: { ordinal: number; workflowName: string; namespace: string; state: string }[];
}

const rowSelect = {
  id: true,
  serviceId: true,
  number: true,
  state: true,
  reason: true,
  branch: true,
  commitSha: true,
  commitMessage: true,
  commitAuthor: true,
  trigger: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
  service: { select: { slug: true, name: true } },
} as const;

function flat<Row extends { service: { slug: string; name: string } }>({
  service,
  ...row
}: Row): Omit<Row, 'service'> & { serviceSlug: string; serviceName: string } {
  return { ...row, serviceSlug: service.slug, serviceName: service.name };
}

export interface RunFilter {
  serviceId?: string | undefined;
  states?: readonly string[] | undefined;
  branch?: string | undefined;
}

/** Runs of the tenant, newest first. */
export async function listRuns(reader: Tx, tenantId: string, query: PageQuery & { filter: RunFilter }): Promise<Page<RunRow>> {
  const { serviceId, states, branch } = query.filter;
  const rows = await reader.pipelineRun.findMany({
    where: {
      tenantId,
      ...createdBefore(query.cursor),
      ...(serviceId === undefined ? {} : { serviceId }),
      ...(states === undefined || states.length === 0 ? {} : { state: { in: [...states] } }),
      ...(branch === undefined ? {} : { branch }),
    },
    select: rowSelect,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return toPage(rows.map(flat), query.limit, (row) => row.createdAt);
}

const stageSelect = {
  key: true,
  name: true,
  kind: true,
  position: true,
  needs: true,
  state: true,
  reason: true,
  steps: true,
  deploymentId: true,
  startedAt: true,
  finishedAt: true,
} as const;

/** One run with its stages in the order of the pipeline, or null. */
export async function findRunWithStages(reader: Tx, tenantId: string, id: string): Promise<RunDetail | null> {
  const row = await reader.pipelineRun.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: {
      ...rowSelect,
      version: true,
      requestedBy: true,
      clusterId: true,
      cancelRequestedAt: true,
      stages: { select: stageSelect, orderBy: { position: 'asc' } },
      segments: { select: { ordinal: true, workflowName: true, namespace: true, state: true }, orderBy: { ordinal: 'asc' } },
    },
  });
  if (row === null) return null;
  return { ...flat(row), stages: row.stages.map((stage) => ({ ...stage, steps: z.array(stepRow).catch([]).parse(stage.steps) })) };
}

/** The number of a run within its service, or null. */
export async function findRunNumber(reader: Tx, tenantId: string, id: string): Promise<number | null> {
  const row = await reader.pipelineRun.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { number: true } });
  return row?.number ?? null;
}

/** Whether a younger run of the same branch of the service has succeeded. */
export async function hasNewerGoodRun(
  reader: Tx,
  tenantId: string,
  place: { serviceId: string; branch: string; after: Date },
): Promise<boolean> {
  const { serviceId, branch, after } = place;
  const row = await reader.pipelineRun.findFirst({
    where: { tenantId, serviceId, branch, state: 'succeeded', createdAt: { gt: after } },
    select: { id: true },
  });
  return row !== null;
}

/** Whether the tenant has such a run. */
export async function hasRun(reader: Tx, tenantId: string, id: string): Promise<boolean> {
  return (await reader.pipelineRun.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { id: true } })) !== null;
}

export interface LogPage {
  /** Number of the first line in `text`, from 1 up. */
  firstLine: number;
  lineCount: number;
  text: string;
  ordinal: number;
}

/** Pieces of one step's log after the given piece, in order, at most `limit`. */
export function listLogChunks(
  reader: Tx,
  tenantId: string,
  query: { runId: string; stepId: string; afterOrdinal: number; limit: number },
): Promise<LogPage[]> {
  return reader.logChunk.findMany({
    where: { tenantId, runId: query.runId, stepId: query.stepId, ordinal: { gt: query.afterOrdinal } },
    select: { firstLine: true, lineCount: true, text: true, ordinal: true },
    orderBy: { ordinal: 'asc' },
    take: query.limit,
  });
}

/** The newest runs of one commit. */
export function listRunsOfCommit(
  reader: Tx,
  tenantId: string,
  of: { serviceId: string; commitSha: string },
): Promise<{ id: string; number: number; state: string; artifactId: string | null }[]> {
  return reader.pipelineRun.findMany({
    where: { tenantId, ...of },
    select: { id: true, number: true, state: true, artifactId: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: 5,
  });
}
