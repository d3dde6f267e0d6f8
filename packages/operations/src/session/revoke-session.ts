import { inTransaction } from '@flow/db/client';
import { endSession } from '@flow/db/session';
import { recordChange, requirePerson } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

/** Ends the session that the person acts with: logging out. Ending it twice is no fault. */
export async function revokeSession(ctx: OperationContext): Promise<void> {
  const person = requirePerson(ctx);
  await inTransaction(ctx.db, async (tx) => {
    const ended = await endSession(tx, { id: person.sessionId, userId: person.userId, revokedAt: ctx.now });
    if (ended)
      await recordChange(ctx, tx, { action: 'session.revoke', subject: `user:${person.userId}`, summary: `${person.name} logged out` });
  });
}
