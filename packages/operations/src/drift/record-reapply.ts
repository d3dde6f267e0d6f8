import { inTransaction } from '@flow/db/client';
import { findService } from '@flow/db/catalog';
import { saveReapplyResult } from '@flow/db/drift';
import { z } from 'zod';
import { parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

const id = z.string().min(1).max(64);
export const recordReapplyInput = z.strictObject({
  serviceId: id,
  targetId: id,
  to: z.enum(['done', 'failed']),
  /** What came of it, as people read it. */
  result: z.string().max(2_000),
});

/** Keeps what came of the wish to apply again what was deployed. */
export async function recordReapply(ctx: OperationContext, input: z.input<typeof recordReapplyInput>): Promise<void> {
  requireSystem(ctx);
  const { serviceId, targetId, to, result } = parseInput(recordReapplyInput, input);
  await inTransaction(ctx.db, async (tx) => {
    if (!(await saveReapplyResult(tx, ctx.tenantId, { serviceId, targetId, to, result }))) return;
    const service = await findService(tx, ctx.tenantId, serviceId);
    await recordChange(ctx, tx, {
      action: to === 'done' ? 'drift.reapplied' : 'drift.reapplyFailed',
      subject: `service:${serviceId}`,
      summary: `${service?.name ?? serviceId}: ${result}`,
      after: { targetId },
      event: { type: 'service.changed', topics: [`service:${serviceId}`], data: { serviceId, targetId } },
    });
  });
}
