import { runAbilities, runAction } from '@flow/core/deployment';
import { listArtifacts } from '@flow/db/artifact';
import { findNames } from '@flow/db/person';
import { findRunWithStages, hasRun, listLogChunks, listRuns, stepRow } from '@flow/db/run';
import { notFound } from '@flow/operations/context';
import { z } from 'zod';
import { abilityOf, id, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';
import { runActions } from './actions.ts';

export const runRow = z.object({
  id: z.string(),
  serviceId: z.string(),
  serviceSlug: z.string(),
  serviceName: z.string(),
  number: z.number(),
  state: z.string(),
  reason: z.string().nullable(),
  branch: z.string(),
  commitSha: z.string(),
  commitMessage: z.string(),
  commitAuthor: z.string(),
  trigger: z.string(),
  createdAt: instant,
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});

const stage = z.object({
  key: z.string(),
  name: z.string(),
  kind: z.string(),
  position: z.number(),
  needs: z.array(z.string()),
  state: z.string(),
  reason: z.string().nullable(),
  steps: z.array(stepRow),
  deploymentId: z.string().nullable(),
  startedAt: instant.nullable(),
  finishedAt: instant.nullable(),
});

const runDetail = runRow.extend({
  requestedByName: z.string().nullable(),
  isCancelRequested: z.boolean(),
  stages: z.array(stage),
  artifacts: z.array(z.object({ id: z.string(), version: z.string(), digest: z.string() })),
  abilities: z.array(abilityOf(runAction)),
});

const logPage = z.object({
  chunks: z.array(z.object({ ordinal: z.number(), firstLine: z.number(), lineCount: z.number(), text: z.string() })),
  /** Give it back to read on; the same as before when there is nothing new yet. */
  nextOrdinal: z.number(),
  hasMore: z.boolean(),
});

const chunksMax = 40;

const runReads = {
  list: tenantProcedure
    .meta({ policy: { right: 'run:read' } })
    .input(
      inTenant({
        ...pageFields,
        serviceId: id.optional(),
        states: z.array(z.string().min(1).max(20)).max(10).optional(),
        branch: z.string().min(1).max(200).optional(),
      }),
    )
    .output(pageOf(runRow))
    .query(({ ctx, input: { cursor, limit, serviceId, states, branch } }) =>
      listRuns(ctx.reader, ctx.tenant.id, { cursor, limit, filter: { serviceId, states, branch } }),
    ),

  get: tenantProcedure
    .meta({ policy: { right: 'run:read' } })
    .input(inTenant({ runId: id }))
    .output(runDetail)
    .query(async ({ ctx, input }) => {
      const run = await findRunWithStages(ctx.reader, ctx.tenant.id, input.runId);
      if (run === null) throw notFound('run');
      const [names, artifacts] = await Promise.all([
        findNames(ctx.reader, [run.requestedBy]),
        listArtifacts(ctx.reader, ctx.tenant.id, { serviceId: run.serviceId, runId: run.id, limit: 20 }),
      ]);
      const isCancelRequested = run.cancelRequestedAt !== null;
      const abilities = runAbilities({ state: run.state, isCancelRequested }, ctx.rights);
      return {
        ...run,
        requestedByName: names.get(run.requestedBy ?? '') ?? null,
        isCancelRequested,
        artifacts: artifacts.items,
        abilities,
      };
    }),

  /** The log of one step, from the piece after `afterOrdinal` on (-1 for the start). */
  log: tenantProcedure
    .meta({ policy: { right: 'run:read' } })
    .input(inTenant({ runId: id, stepId: z.string().min(1).max(200), afterOrdinal: z.number().int().min(-1).default(-1) }))
    .output(logPage)
    .query(async ({ ctx, input }) => {
      if (!(await hasRun(ctx.reader, ctx.tenant.id, input.runId))) throw notFound('run');
      const found = await listLogChunks(ctx.reader, ctx.tenant.id, { ...input, limit: chunksMax + 1 });
      const chunks = found.slice(0, chunksMax);
      return { chunks, nextOrdinal: chunks.at(-1)?.ordinal ?? input.afterOrdinal, hasMore: found.length > chunksMax };
    }),
};

export const runRouter = router({ ...runReads, ...runActions });
