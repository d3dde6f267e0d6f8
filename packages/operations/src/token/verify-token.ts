import { createHash, randomBytes } from 'node:crypto';
import { rightsOfToken } from '@flow/core/rights';
import type { Actor } from '@flow/core/rights';
import type { Database } from '@flow/db/client';
import { findTokenByHash, touchToken } from '@flow/db/token';

/** Access tokens begin so: a secret scanner finds one that lies around, and the door tells it from a session. */
const prefix = 'flow_';
const touchEveryMs = 60_000;

/** Whoever shows a valid access token, with the one tenant that it is for. */
export interface VerifiedToken {
  actor: Extract<Actor, { kind: 'token' }>;
  tenant: { id: string; slug: string; name: string };
}

/** A new access token of 256 random bits, and the hash that Flow keeps of it. */
export function newApiToken(): { token: string; tokenHash: string } {
  const token = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { token, tokenHash: hashOf(token) };
}

/** Whether a text is an access token by its form. */
export function isApiToken(text: string): boolean {
  return text.startsWith(prefix);
}

/**
 * Who a token speaks for, or null for every kind of "nobody": unknown, revoked, expired, its owner disabled or no member any more.
 * Its rights are counted anew each time from the owner's role of this moment.
 */
export async function verifyApiToken(db: Database, token: string, now: Date): Promise<VerifiedToken | null> {
  if (token.length > 100) return null;
  const found = await findTokenByHash(db.prisma, hashOf(token));
  if (found === null || found.revokedAt !== null || found.expiresAt <= now || found.isOwnerDisabled) return null;
  const { id: tokenId, name, owner, tenant, scopes, ownerRole } = found;
  if (found.lastUsedAt === null || now.getTime() - found.lastUsedAt.getTime() > touchEveryMs)
    await touchToken(db.prisma, tenant.id, { id: tokenId, lastUsedAt: now });
  return { tenant, actor: { kind: 'token', tokenId, name, owner, tenantId: tenant.id, rights: rightsOfToken(scopes, ownerRole) } };
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
