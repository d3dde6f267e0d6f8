import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { findRunForAction, requestCancel } from '@flow/db/run';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight, requireUserId } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const cancelRunInput = z.strictObject({ runId: z.string().min(1).max(64) });

/** Asks the worker to end a run: its Workflow is terminated and deployments that have touched nothing are withdrawn. */
export async function cancelRun(ctx: OperationContext, input: z.infer<typeof cancelRunInput>): Promise<void> {
  requireRight(ctx, 'run:cancel');
  const { runId } = parseInput(cancelRunInput, input);
  const by = requireUserId(ctx);
  await inTransaction(ctx.db, async (tx) => {
    const run = await findRunForAction(tx, ctx.tenantId, runId);
    if (run === null) throw notFound('run');
    const isTaken = await requestCancel(tx, ctx.tenantId, { runId, by, at: ctx.now });
    if (!isTaken)
      throw new FlowError({
        code: 'precondition',
        message: `Run ${run.number} cannot be cancelled: it is ${run.state}, or someone has cancelled it before`,
      });
    await wake(tx, { kind: 'run', key: runId, tenantId: ctx.tenantId, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'run.cancel',
      subject: `run:${runId}`,
      summary: `Cancelled run ${run.number}`,
      event: {
        type: 'run.changed',
        topics: [`run:${runId}`, `service:${run.serviceId}`],
        data: { runId, serviceId: run.serviceId, state: run.state },
      },
    });
  });
}
