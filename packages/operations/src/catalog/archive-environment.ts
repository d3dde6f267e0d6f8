import { FlowError } from '@flow/core/fault';
import { archiveEnvironment as saveArchived, findEnvironment, lockEnvironment } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import { countOpenDeployments } from '@flow/db/deployment';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const archiveEnvironmentInput = z.strictObject({ environmentId: z.string().min(1).max(64) });

/**
 * Takes an environment off the promotion path. Its history stays, and so does what runs in its namespaces: Flow removes nothing from a cluster without
 * being asked to. Refused while a deployment there has not ended.
 */
export async function archiveEnvironment(ctx: OperationContext, input: z.input<typeof archiveEnvironmentInput>): Promise<void> {
  requireRight(ctx, 'environment:manage');
  const { environmentId } = parseInput(archiveEnvironmentInput, input);
  await inTransaction(ctx.db, async (tx) => {
    await lockEnvironment(tx, ctx.tenantId, environmentId);
    const environment = await findEnvironment(tx, ctx.tenantId, environmentId);
    if (environment === null || environment.archivedAt !== null) throw notFound('environment');
    const openCount = await countOpenDeployments(tx, ctx.tenantId, environmentId);
    if (openCount > 0)
      throw new FlowError({
        code: 'precondition',
        message: `${openCount} deployments to ${environment.name} have not ended: wait for them, or cancel them`,
      });
    await saveArchived(tx, ctx.tenantId, { id: environmentId, archivedAt: ctx.now });
    await recordChange(ctx, tx, {
      action: 'environment.archive',
      subject: `environment:${environmentId}`,
      summary: `${environment.name} was archived; what runs there stays`,
      event: { type: 'service.changed', topics: [], data: { environmentId } },
    });
  });
}
