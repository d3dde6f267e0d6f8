import type { Tx } from '../client/index.ts';

/** A public key that is trusted to sign attestations. */
export interface TrustedKeyRow {
  id: string;
  name: string;
  publicKey: string;
  createdAt: Date;
  createdByName: string;
}

/** Keys that one tenant can trust at once. */
export const maxTrustedKeys = 50;

/** The keys that are trusted in the tenant, newest first. */
export function listTrustedKeys(reader: Tx, tenantId: string): Promise<TrustedKeyRow[]> {
  return reader.trustedKey.findMany({
    where: { tenantId, removedAt: null },
    select: { id: true, name: true, publicKey: true, createdAt: true, createdByName: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: maxTrustedKeys,
  });
}

/** Adds a key. */
export async function insertTrustedKey(tx: Tx, tenantId: string, key: TrustedKeyRow): Promise<void> {
  await tx.trustedKey.create({ data: { tenantId, ...key } });
}

/** Trusts a key no longer: what it has signed counts no more. Its name, or null when it is not there. */
export async function removeTrustedKey(tx: Tx, tenantId: string, { id, at }: { id: string; at: Date }): Promise<string | null> {
  const { count } = await tx.trustedKey.updateMany({ where: { tenantId, id, removedAt: null }, data: { removedAt: at } });
  if (count === 0) return null;
  await tx.evidence.updateMany({ where: { tenantId, keyId: id, withdrawnAt: null }, data: { withdrawnAt: at } });
  const key = await tx.trustedKey.findUnique({ where: { tenantId_id: { tenantId, id } }, select: { name: true } });
  return key?.name ?? null;
}
