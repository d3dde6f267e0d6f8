import { FlowError } from '@flow/core/fault';
import { userIdOf } from '@flow/core/rights';
import { findService } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { findPipelineCluster, insertRun } from '@flow/db/run';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

/** A commit to run the pipeline of a service on. */
export const startRunInput = z.strictObject({
  serviceId: z.string().min(1).max(64),
  commitSha: z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'a full commit hash: 40 hexadecimal digits'),
  branch: z
    .string()
    .min(1)
    .max(250)
    .regex(/^[^\s~^:?*[\\\u0000-\u001f-][^\s~^:?*[\\\u0000-\u001f]*$/, 'not the name of a branch'),
});
export type StartRunInput = z.infer<typeof startRunInput>;

export interface StartedRun {
  runId: string;
  number: number;
}

/** Starts the pipeline of a service on one commit. The definition is read from the commit by the worker. */
export async function startRun(ctx: OperationContext, input: StartRunInput): Promise<StartedRun> {
  requireRight(ctx, 'run:start');
  const wanted = parseInput(startRunInput, input);
  return inTransaction(ctx.db, (tx) =>
    addRun(ctx, tx, { ...wanted, trigger: ctx.actor.kind === 'token' ? 'api' : 'person', commitMessage: '', commitAuthor: '' }),
  );
}

export interface RunToAdd extends StartRunInput {
  trigger: 'push' | 'person' | 'api';
  commitMessage: string;
  commitAuthor: string;
}

/** Adds the run with its event, audit entry and job in the caller's transaction; the caller has checked the right. */
export async function addRun(ctx: OperationContext, tx: Tx, run: RunToAdd): Promise<StartedRun> {
  const service = await findService(tx, ctx.tenantId, run.serviceId);
  if (service === null) throw notFound('service');
  const clusterId = await findPipelineCluster(tx, ctx.tenantId);
  if (clusterId === null) {
    throw new FlowError({
      code: 'precondition',
      owner: 'configuration',
      message: 'No cluster that runs Argo Workflows is connected: a platform admin can add one',
    });
  }
  const runId = ctx.newId();
  const requestedBy = userIdOf(ctx.actor);
  const number = await insertRun(tx, ctx.tenantId, { id: runId, ...run, requestedBy, clusterId, createdAt: ctx.now });
  await wake(tx, { kind: 'run', key: runId, tenantId: ctx.tenantId, runAt: ctx.now });
  await recordChange(ctx, tx, {
    action: 'run.start',
    subject: `run:${runId}`,
    summary: `Started run ${number} of ${service.name} on ${run.commitSha.slice(0, 8)} (${run.branch})`,
    after: { commitSha: run.commitSha, branch: run.branch, trigger: run.trigger },
    event: {
      type: 'run.changed',
      topics: [`run:${runId}`, `service:${run.serviceId}`],
      data: { runId, serviceId: run.serviceId, state: 'queued' },
    },
  });
  return { runId, number };
}
