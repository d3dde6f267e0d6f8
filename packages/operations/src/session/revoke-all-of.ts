import { inTransaction } from '@flow/db/client';
import { endSessionsOf } from '@flow/db/session';
import { z } from 'zod';
import { parseInput, recordChange, requirePerson, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const revokeAllOfInput = z.strictObject({ userId: z.string().min(1).max(64) });

/** Ends every session of a person: one's own, or anyone's for a platform admin. */
export async function revokeAllOf(ctx: OperationContext, input: z.input<typeof revokeAllOfInput>): Promise<{ endedCount: number }> {
  requireOwnOrPlatform(ctx, input.userId);
  const { userId } = parseInput(revokeAllOfInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const endedCount = await endSessionsOf(tx, userId, ctx.now);
    await recordChange(ctx, tx, { action: 'session.revokeAll', subject: `user:${userId}`, summary: `${endedCount} sessions were ended` });
    return { endedCount };
  });
}

function requireOwnOrPlatform(ctx: OperationContext, userId: string): void {
  if (requirePerson(ctx).userId !== userId) requirePlatformAdmin(ctx);
}
