import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findPersonByOidc, hasAnyPerson, insertOidcAccount, insertPerson } from '@flow/db/person';
import type { PersonRow } from '@flow/db/person';
import { z } from 'zod';
import { parseInput, recordChange } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { emailAddress } from './log-in.ts';
import { startSession } from './start-session.ts';
import type { StartedSession } from './start-session.ts';

export const oidcIdentity = z.strictObject({
  /** Name of the configured provider. */
  provider: z.string().min(1).max(100),
  /** `sub` of the ID token: the only thing that names a person there. */
  subject: z.string().min(1).max(255),
  email: emailAddress,
  emailVerified: z.boolean(),
  name: z.string().trim().min(1).max(200),
  userAgent: z.string().max(1_000).nullable().default(null),
});
type OidcIdentity = z.output<typeof oidcIdentity>;

/**
 * Logs in the person who is tied to this identity; an unknown identity with a verified e-mail address becomes a new person without any tenant.
 * It is never tied to an existing account because the e-mail addresses are equal: whoever controls an address at a provider would own the account.
 */
export async function logInByOidc(ctx: OperationContext, input: z.input<typeof oidcIdentity>): Promise<StartedSession> {
  const identity = requireVerified(parseInput(oidcIdentity, input));
  return inTransaction(ctx.db, async (tx) => {
    const person =
      (await findPersonByOidc(tx, { provider: identity.provider, subject: identity.subject })) ?? (await addPerson(ctx, tx, identity));
    if (person.disabledAt !== null)
      throw new FlowError({ code: 'unauthenticated', message: 'This account is disabled: ask a platform admin' });
    const started = await startSession(ctx, tx, { person, userAgent: identity.userAgent });
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
      summary: `${person.name} logged in by ${identity.provider}`,
    });
    return started;
  });
}

function requireVerified(identity: OidcIdentity): OidcIdentity {
  if (identity.emailVerified) return identity;
  throw new FlowError({
    code: 'precondition',
    message: 'The provider has not verified your e-mail address: verify it there and log in again',
  });
}

async function addPerson(ctx: OperationContext, tx: Tx, identity: OidcIdentity): Promise<PersonRow> {
  // An account would close the set-up, and nobody could ever become the first platform admin.
  if (!(await hasAnyPerson(tx)))
    throw new FlowError({ code: 'forbidden', message: 'Flow is not set up yet: make its first account before' });
  const person = {
    id: ctx.newId(),
    email: identity.email,
    name: identity.name,
    passwordHash: null,
    isPlatformAdmin: false,
    createdAt: ctx.now,
  };
  if (!(await insertPerson(tx, person))) {
    throw new FlowError({
      code: 'conflict',
      message:
        'There is an account with this e-mail address already. Log in to it as before; it is not tied to this provider by the address alone',
    });
  }
  await insertOidcAccount(tx, { provider: identity.provider, subject: identity.subject, userId: person.id, createdAt: ctx.now });
  return { ...person, disabledAt: null };
}
