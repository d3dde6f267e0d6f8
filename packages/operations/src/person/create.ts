import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { insertPerson } from '@flow/db/person';
import { z } from 'zod';
import { parseInput, recordChange, requirePlatformAdmin } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { emailAddress, hashPassword, newPassword } from '../session/index.ts';

export const createPersonInput = z.strictObject({
  email: emailAddress,
  name: z.string().trim().min(1).max(200),
  password: newPassword,
  isPlatformAdmin: z.boolean().default(false),
});

/** Makes an account that logs in with a password. It belongs to no tenant yet. */
export async function createPerson(ctx: OperationContext, input: z.input<typeof createPersonInput>): Promise<{ userId: string }> {
  requirePlatformAdmin(ctx);
  const { email, name, password, isPlatformAdmin } = parseInput(createPersonInput, input);
  const passwordHash = await hashPassword(password);
  return inTransaction(ctx.db, async (tx) => {
    const userId = ctx.newId();
    if (!(await insertPerson(tx, { id: userId, email, name, passwordHash, isPlatformAdmin, createdAt: ctx.now }))) {
      throw new FlowError({
        code: 'conflict',
        message: 'There is an account with this e-mail address already',
        fields: [{ path: 'email', message: 'already in use' }],
      });
    }
    await recordChange(ctx, tx, {
      action: 'person.create',
      subject: `user:${userId}`,
      summary: `${name} <${email}> was given an account`,
      after: { email, name, isPlatformAdmin },
    });
    return { userId };
  });
}
