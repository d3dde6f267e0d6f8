import { notificationSettings } from '@flow/core/notification';
import { inTransaction } from '@flow/db/client';
import { saveSettings as save } from '@flow/db/notification';
import { findMember } from '@flow/db/tenancy';
import type { z } from 'zod';
import { notFound, parseInput, recordChange, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

/** Keeps what one wants to be told in the tenant, and by what. */
export async function saveNotificationSettings(ctx: OperationContext, input: z.input<typeof notificationSettings>): Promise<void> {
  requireRight(ctx, 'approval:read');
  const { userId } = requirePerson(ctx);
  const settings = parseInput(notificationSettings, input);
  await inTransaction(ctx.db, async (tx) => {
    if ((await findMember(tx, ctx.tenantId, userId)) === null) throw notFound('member');
    await save(tx, ctx.tenantId, { userId, ...settings });
    await recordChange(ctx, tx, {
      action: 'notification.saveSettings',
      subject: `user:${userId}`,
      summary: 'Changed what they are told',
      after: { email: settings.email, chat: settings.chat },
    });
  });
}
