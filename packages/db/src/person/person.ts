import type { Tx } from '../client/index.ts';

/** A person as far as others may see them. */
export interface PersonRow {
  id: string;
  email: string;
  name: string;
  isPlatformAdmin: boolean;
  disabledAt: Date | null;
}

const personSelect = { id: true, email: true, name: true, isPlatformAdmin: true, disabledAt: true } as const;

/** The person of that e-mail address (lower case), or null. */
export function findPersonByEmail(reader: Tx, email: string): Promise<PersonRow | null> {
  return reader.user.findUnique({ where: { email }, select: personSelect });
}

/** The same with the password's hash: for logging in only. */
export function findCredentialByEmail(reader: Tx, email: string): Promise<(PersonRow & { passwordHash: string | null }) | null> {
  return reader.user.findUnique({ where: { email }, select: { ...personSelect, passwordHash: true } });
}

/** The person who is tied to an identity at an OIDC provider, or null. */
export async function findPersonByOidc(reader: Tx, identity: { provider: string; subject: string }): Promise<PersonRow | null> {
  const row = await reader.oidcAccount.findUnique({ where: { provider_subject: identity }, select: { user: { select: personSelect } } });
  return row?.user ?? null;
}

/** Names by user id, for lists: one query for a whole page. */
export async function findNames(reader: Tx, userIds: readonly (string | null)[]): Promise<Map<string, string>> {
  const ids = [...new Set(userIds.filter((id) => id !== null))];
  if (ids.length === 0) return new Map();
  const rows = await reader.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** People who run the platform, by name: the first of them, and whether there are more. */
export async function listPlatformAdmins(reader: Tx, limit: number): Promise<{ names: string[]; hasMore: boolean }> {
  const rows = await reader.user.findMany({
    where: { isPlatformAdmin: true, disabledAt: null },
    select: { name: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
    take: limit + 1,
  });
  return { names: rows.slice(0, limit).map(({ name }) => name), hasMore: rows.length > limit };
}

/** Whether anybody can log in at all yet. */
export async function hasAnyPerson(reader: Tx): Promise<boolean> {
  return (await reader.user.findFirst({ select: { id: true } })) !== null;
}

export interface NewPerson {
  id: string;
  email: string;
  name: string;
  passwordHash: string | null;
  isPlatformAdmin: boolean;
  createdAt: Date;
}

/** Adds a person; false when the e-mail address is taken. */
export async function insertPerson(tx: Tx, person: NewPerson): Promise<boolean> {
  const { count } = await tx.user.createMany({ data: [person], skipDuplicates: true });
  return count === 1;
}

/** Ties an identity at a provider to a person. */
export async function insertOidcAccount(
  tx: Tx,
  account: { provider: string; subject: string; userId: string; createdAt: Date },
): Promise<void> {
  await tx.oidcAccount.create({ data: account });
}

/** Shuts a person out, or lets them in again. */
export async function setDisabledAt(tx: Tx, userId: string, disabledAt: Date | null): Promise<boolean> {
  const { count } = await tx.user.updateMany({ where: { id: userId }, data: { disabledAt } });
  return count === 1;
}
