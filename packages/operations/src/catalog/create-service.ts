import { FlowError } from '@flow/core/fault';
import { insertService } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import type { z } from 'zod';
import { parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { createServiceInput } from './service-fields.ts';

/** Makes a service of the tenant. */
export async function createService(ctx: OperationContext, input: z.input<typeof createServiceInput>): Promise<{ serviceId: string }> {
  requireRight(ctx, 'service:create');
  const fields = parseInput(createServiceInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const serviceId = ctx.newId();
    if (!(await insertService(tx, ctx.tenantId, { id: serviceId, createdAt: ctx.now, ...fields }))) {
      throw new FlowError({
        code: 'conflict',
        message: 'Another service of this tenant has this name in its address',
        fields: [{ path: 'slug', message: 'already in use' }],
      });
    }
    await recordChange(ctx, tx, {
      action: 'service.create',
      subject: `service:${serviceId}`,
      summary: `Service ${fields.name} was made`,
      after: { slug: fields.slug, name: fields.name, repositoryUrl: fields.repositoryUrl },
      event: { type: 'service.changed', topics: [`service:${serviceId}`], data: { serviceId } },
    });
    return { serviceId };
  });
}
