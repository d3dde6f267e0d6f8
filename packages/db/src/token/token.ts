import { role, tokenScope } from '@flow/core/rights';
import type { Role, TokenScope } from '@flow/core/rights';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';
import { createdBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

/** An access token as people may see it: the token itself is nowhere. */
export interface TokenRow {
  id: string;
  name: string;
  scopes: TokenScope[];
  owner: { userId: string; name: string };
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** A token with all that a request must know about whoever shows it. */
export interface TokenWithOwner extends TokenRow {
  tenant: { id: string; slug: string; name: string };
  ownerRole: Role;
  isOwnerDisabled: boolean;
}

const scopes = z.array(tokenScope);
const tokenSelect = {
  id: true,
  name: true,
  scopes: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  revokedAt: true,
  membership: {
    select: {
      role: true,
      user: { select: { id: true, name: true, disabledAt: true } },
      tenant: { select: { id: true, slug: true, name: true } },
    },
  },
} as const;

/** The token of this hash, ended ones too, or null. platform-wide: a token says by itself which tenant it is for. */
export async function findTokenByHash(reader: Tx, tokenHash: string): Promise<TokenWithOwner | null> {
  const row = await reader.apiToken.findUnique({ where: { tokenHash }, select: tokenSelect });
  if (row === null) return null;
  const { membership, ...token } = row;
  return {
    ...token,
    scopes: scopes.parse(token.scopes),
    owner: { userId: membership.user.id, name: membership.user.name },
    tenant: membership.tenant,
    ownerRole: role.parse(membership.role),
    isOwnerDisabled: membership.user.disabledAt !== null,
  };
}

/** Tokens of the tenant, newest first; of one person only when a user is given. Ended ones stay, so that the record is whole. */
export async function listTokens(reader: Tx, tenantId: string, query: PageQuery & { userId: string | undefined }): Promise<Page<TokenRow>> {
  const rows = await reader.apiToken.findMany({
    where: { tenantId, ...(query.userId === undefined ? {} : { userId: query.userId }), ...createdBefore(query.cursor) },
    select: tokenSelect,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  const read = rows.map(({ membership, ...token }) => ({
    ...token,
    scopes: scopes.parse(token.scopes),
    owner: { userId: membership.user.id, name: membership.user.name },
  }));
  return toPage(read, query.limit, (row) => row.createdAt);
}

/** How many tokens of this person in this tenant still open something. */
export function countLiveTokens(reader: Tx, tenantId: string, owner: { userId: string; now: Date }): Promise<number> {
  return reader.apiToken.count({ where: { tenantId, userId: owner.userId, revokedAt: null, expiresAt: { gt: owner.now } } });
}

/** Adds a token. */
export async function insertToken(
  tx: Tx,
  tenantId: string,
  token: { id: string; userId: string; name: string; tokenHash: string; scopes: readonly TokenScope[]; createdAt: Date; expiresAt: Date },
): Promise<void> {
  await tx.apiToken.create({ data: { tenantId, ...token, scopes: [...token.scopes] } });
}

/** One token of the tenant, or null. */
export async function findToken(reader: Tx, tenantId: string, id: string): Promise<{ name: string; userId: string } | null> {
  return reader.apiToken.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { name: true, userId: true } });
}

/** Ends a token; false when it had ended already. */
export async function endToken(tx: Tx, tenantId: string, token: { id: string; revokedAt: Date }): Promise<boolean> {
  const { count } = await tx.apiToken.updateMany({
    where: { tenantId, id: token.id, revokedAt: null },
    data: { revokedAt: token.revokedAt },
  });
  return count === 1;
}

/** Notes that the token is in use. */
export async function touchToken(tx: Tx, tenantId: string, token: { id: string; lastUsedAt: Date }): Promise<void> {
  await tx.apiToken.updateMany({ where: { tenantId, id: token.id }, data: { lastUsedAt: token.lastUsedAt } });
}
