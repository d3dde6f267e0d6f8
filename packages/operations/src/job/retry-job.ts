import { inTransaction } from '@flow/db/client';
import { findDeadJob, jobKinds, wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const retryJobInput = z.strictObject({ kind: z.enum(jobKinds), key: z.string().min(1).max(200) });

/** Has a job that was set aside tried again, as if it had never failed. */
export async function retryJob(ctx: OperationContext, input: z.input<typeof retryJobInput>): Promise<void> {
  requirePlatformAdmin(ctx);
  const job = parseInput(retryJobInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const dead = await findDeadJob(tx, job);
    if (dead === null) throw notFound('job that was set aside');
    await wake(tx, { ...job, tenantId: dead.tenantId, runAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'job.retry',
      subject: `job:${job.kind}/${job.key}`,
      summary: `Had a job that was set aside tried again (${job.kind})`,
      after: { tenantId: dead.tenantId },
    });
  });
}
