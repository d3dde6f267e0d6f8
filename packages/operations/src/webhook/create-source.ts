import { randomBytes } from 'node:crypto';
import { FlowError } from '@flow/core/fault';
import { findService } from '@flow/db/catalog';
import { inTransaction } from '@flow/db/client';
import { countWebhookSources, saveWebhookSource } from '@flow/db/webhook';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { Sealer } from '../secret/index.ts';
import { webhookSecretPlace } from './receive-push.ts';

/** Sources that one service may have at once. */
const sourcesMax = 10;

export const webhookStyle = z.enum(['github', 'gitlab']);
export const createWebhookInput = z.strictObject({ serviceId: z.string().min(1).max(64), style: webhookStyle });

export interface CreatedWebhook {
  sourceId: string;
  /** To be pasted at the git host; shown this once, Flow keeps it sealed. */
  secret: string;
}

/** Opens a door for the signed pushes of one service's repository. */
export async function createWebhook(
  ctx: OperationContext,
  input: z.input<typeof createWebhookInput>,
  sealer: Sealer,
): Promise<CreatedWebhook> {
  requireRight(ctx, 'webhook:manage');
  const { serviceId, style } = parseInput(createWebhookInput, input);
  const [sourceId, secret] = [ctx.newId(), randomBytes(32).toString('hex')];
  await inTransaction(ctx.db, async (tx) => {
    const service = await findService(tx, ctx.tenantId, serviceId);
    if (service === null) throw notFound('service');
    if ((await countWebhookSources(tx, ctx.tenantId, serviceId)) >= sourcesMax)
      throw new FlowError({ code: 'precondition', message: `${service.name} has ${sourcesMax} webhooks: remove one that is not needed` });
    const sealedSecret = sealer.seal(secret, webhookSecretPlace(sourceId));
    await saveWebhookSource(tx, ctx.tenantId, { id: sourceId, serviceId, style, sealedSecret });
    await recordChange(ctx, tx, {
      action: 'webhook.create',
      subject: `service:${serviceId}`,
      summary: `Made a webhook for pushes of ${service.name} from ${style === 'github' ? 'GitHub' : 'GitLab'}`,
      after: { sourceId, style },
    });
  });
  return { sourceId, secret };
}
