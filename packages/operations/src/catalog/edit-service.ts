import { findService, updateService } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import { wakeWayBacksOfServices } from '@flow/db/jobs';
import type { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { editServiceInput } from './service-fields.ts';

/** Changes the given fields of a service. What is already prepared or running keeps the configuration that it was prepared with. */
export async function editService(ctx: OperationContext, input: z.input<typeof editServiceInput>): Promise<void> {
  requireRight(ctx, 'service:edit');
  const { serviceId, ...given } = parseInput(editServiceInput, input);
  const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  await inTransaction(ctx.db, async (tx) => {
    const service = await findService(tx, ctx.tenantId, serviceId);
    if (service === null || !(await updateService(tx, ctx.tenantId, { id: serviceId, fields }))) throw notFound('service');
    await lookAgain(ctx, tx);
    await wakeWayBacksOfServices(tx, ctx.tenantId, { serviceIds: [serviceId], at: ctx.now });
    await recordChange(ctx, tx, {
      action: 'service.edit',
      subject: `service:${serviceId}`,
      summary: `${service.name}: ${Object.keys(fields).join(', ')} changed`,
      after: { fields: Object.keys(fields) },
      event: { type: 'service.changed', topics: [`service:${serviceId}`], data: { serviceId } },
    });
  });
}
