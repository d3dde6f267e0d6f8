import { FlowError } from '@flow/core/fault';
import { findService, listRunningVersions } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import { findRunningRelease, saveAskedComparison } from '@flow/db/drift';
import { wake } from '@flow/db/jobs';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const askComparisonInput = z.strictObject({ serviceId: z.string().min(1).max(64) });

/** Has a worker compare what runs of a service with what was deployed now, in every target; where a deployment moves, once it has ended. */
export async function askComparison(ctx: OperationContext, input: z.input<typeof askComparisonInput>): Promise<void> {
  requireRight(ctx, 'deployment:ask');
  const { serviceId } = parseInput(askComparisonInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const service = await findService(tx, ctx.tenantId, serviceId);
    if (service === null) throw notFound('service');
    const running = await listRunningVersions(tx, ctx.tenantId, [serviceId]);
    if (running.length === 0)
      throw new FlowError({ code: 'precondition', message: `Nothing of ${service.name} runs that could be compared` });
    for (const { targetId } of running) {
      const release = await findRunningRelease(tx, ctx.tenantId, { serviceId, targetId });
      if (release === null) continue;
      await saveAskedComparison(tx, ctx.tenantId, { serviceId, targetId, askedAt: ctx.now });
      await wake(tx, { kind: 'driftScan', key: release.clusterId, tenantId: null, runAt: ctx.now });
    }
    await recordChange(ctx, tx, {
      action: 'drift.compare',
      subject: `service:${serviceId}`,
      summary: `Asked to compare what runs of ${service.name} with what was deployed`,
      event: { type: 'service.changed', topics: [`service:${serviceId}`], data: { serviceId } },
    });
  });
}
