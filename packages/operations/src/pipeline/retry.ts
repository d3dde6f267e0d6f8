import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { findRunForAction, insertRetry } from '@flow/db/run';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const retryRunInput = z.strictObject({ runId: z.string().min(1).max(64) });

/** Runs the stages that did not succeed again, as a new Workflow; what succeeded keeps its results. */
export async function retryRun(ctx: OperationContext, input: z.infer<typeof retryRunInput>): Promise<void> {
  requireRight(ctx, 'run:start');
  const { runId } = parseInput(retryRunInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const run = await findRunForAction(tx, ctx.tenantId, runId);
    if (run === null) throw notFound('run');
    const stageKeys = run.stages.filter((stage) => stage.state !== 'succeeded').map((stage) => stage.key);
    const newest = run.segments.at(-1);
    if (newest === undefined || stageKeys.length === 0) {
      throw new FlowError({ code: 'precondition', message: `Run ${run.number} has nothing to retry: start a new run instead` });
    }
    const ordinal = newest.ordinal + 1;
    const isOurs = await insertRetry(tx, ctx.tenantId, {
      runId,
      version: run.version,
      ordinal,
      workflowName: '',
      namespace: newest.namespace,
      stageKeys,
    });
    if (!isOurs)
      throw new FlowError({
        code: 'precondition',
        message: `Run ${run.number} cannot be retried: it is ${run.state}, or someone was faster`,
      });
    await wake(tx, { kind: 'run', key: runId, tenantId: ctx.tenantId, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'run.retry',
      subject: `run:${runId}`,
      summary: `Retried run ${run.number} from stage ${stageKeys[0] ?? ''}`,
      after: { stageKeys },
      event: {
        type: 'run.changed',
        topics: [`run:${runId}`, `service:${run.serviceId}`],
        data: { runId, serviceId: run.serviceId, state: 'queued' },
      },
    });
  });
}
