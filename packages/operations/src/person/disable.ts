import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { setDisabledAt } from '@flow/db/person';
import { endSessionsOf } from '@flow/db/session';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';

export const disablePersonInput = z.strictObject({ userId: z.string().min(1).max(64) });

/** Shuts a person out of everything at once: their sessions end and their votes stop counting. */
export async function disablePerson(ctx: OperationContext, input: z.input<typeof disablePersonInput>): Promise<{ endedCount: number }> {
  requirePlatformAdmin(ctx);
  const { userId } = parseInput(disablePersonInput, input);
  if (ctx.actor.kind === 'person' && ctx.actor.userId === userId)
    throw new FlowError({ code: 'precondition', message: 'You cannot disable yourself: ask another platform admin' });
  return inTransaction(ctx.db, async (tx) => {
    if (!(await setDisabledAt(tx, userId, ctx.now))) throw notFound('person');
    const endedCount = await endSessionsOf(tx, userId, ctx.now);
    await lookAgain(ctx, tx);
    await recordChange(ctx, tx, {
      action: 'person.disable',
      subject: `user:${userId}`,
      summary: `The account was disabled and ${endedCount} sessions ended`,
    });
    return { endedCount };
  });
}
