import { createHash } from 'node:crypto';
import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { findCredentialByEmail } from '@flow/db/person';
import { countLogInAttempt } from '@flow/db/session';
import { z } from 'zod';
import type { OperationContext } from '../context/index.ts';
import { parseInput, recordChange } from '../context/index.ts';
import { verifyPassword } from './password.ts';
import { startSession } from './start-session.ts';
import type { StartedSession } from './start-session.ts';

/** An e-mail address as Flow keeps it: ASCII, lower case, without quoting, so that one address has one spelling. */
export const emailAddress = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'not an e-mail address');

export const logInInput = z.strictObject({
  email: emailAddress,
  password: z.string().min(1).max(1_000),
  userAgent: z.string().max(1_000).nullable().default(null),
});

/** Attempts on one account from one address in a minute. */
export const attemptsMax = 5;

/**
 * Logs a person in by e-mail address and password. Unknown, disabled and mistyped give one answer after the same time;
 * the sixth attempt in a minute on an account from one address is refused without looking (`limited`).
 */
export async function logIn(ctx: OperationContext, input: z.input<typeof logInInput>): Promise<StartedSession> {
  await requireAttemptLeft(ctx, input.email);
  const { email, password, userAgent } = parseInput(logInInput, input);
  const person = await findCredentialByEmail(ctx.db.prisma, email);
  const isRight = await verifyPassword(person?.passwordHash ?? null, password);
  if (person === null || !isRight || person.disabledAt !== null) throw wrong();
  return inTransaction(ctx.db, async (tx) => {
    const started = await startSession(ctx, tx, { person, userAgent });
    const actor = {
      kind: 'person',
      userId: person.id,
      name: person.name,
      sessionId: '',
      isPlatformAdmin: person.isPlatformAdmin,
      roles: new Map(),
    } as const;
    await recordChange({ ...ctx, actor }, tx, {
      action: 'session.logIn',
      subject: `user:${person.id}`,
      summary: `${person.name} logged in with a password`,
    });
    return started;
  });
}

function wrong(): FlowError {
  return new FlowError({ code: 'unauthenticated', message: 'The e-mail address or the password is wrong' });
}

async function requireAttemptLeft(ctx: OperationContext, email: string): Promise<void> {
  const key = createHash('sha256')
    .update(`${email.trim().toLowerCase()}|${ctx.address ?? ''}`)
    .digest('hex');
  if ((await countLogInAttempt(ctx.db, key, ctx.now)) <= attemptsMax) return;
  const message = 'Too many attempts on this account from your address: wait a minute and try again';
  throw new FlowError({ code: 'limited', message, retryAfterSeconds: 60 });
}
