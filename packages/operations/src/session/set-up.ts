import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { claimSetUp } from '@flow/db/installation';
import { hasAnyPerson, insertPerson } from '@flow/db/person';
import { z } from 'zod';
import { parseInput, recordChange } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { emailAddress } from './log-in.ts';
import { hashPassword } from './password.ts';

/** At least 12 characters (ASVS 6.2.1 asks for 8, recommends 15); no rules about their kinds. */
export const newPassword = z.string().min(12, 'use at least 12 characters').max(200);

export const setUpInput = z.strictObject({
  email: emailAddress,
  name: z.string().trim().min(1).max(200),
  password: newPassword,
});

/** Makes the first platform admin, who then logs in as everyone does. Possible once, while nobody has an account; of several at once one succeeds. */
export async function setUp(ctx: OperationContext, input: z.input<typeof setUpInput>): Promise<{ userId: string }> {
  await requireNobodyYet(ctx);
  const { email, name, password } = parseInput(setUpInput, input);
  const passwordHash = await hashPassword(password);
  return inTransaction(ctx.db, async (tx) => {
    if (!(await claimSetUp(tx, ctx.now)) || (await hasAnyPerson(tx))) throw alreadyDone();
    const person = { id: ctx.newId(), email, name, passwordHash, isPlatformAdmin: true, createdAt: ctx.now };
    await insertPerson(tx, person);
    const actor = { kind: 'person', userId: person.id, name, sessionId: '', isPlatformAdmin: true, roles: new Map() } as const;
    await recordChange({ ...ctx, actor }, tx, {
      action: 'installation.setUp',
      subject: `user:${person.id}`,
      summary: `${name} set Flow up and is its first platform admin`,
    });
    return { userId: person.id };
  });
}

async function requireNobodyYet(ctx: OperationContext): Promise<void> {
  if (await hasAnyPerson(ctx.db.prisma)) throw alreadyDone();
}

function alreadyDone(): FlowError {
  return new FlowError({ code: 'precondition', message: 'Flow is set up already: log in, or ask a platform admin for an account' });
}
