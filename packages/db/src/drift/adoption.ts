import type { Tx } from '../client/index.ts';

/** Accepts a difference that is there and that nobody has accepted; false when it is not such a one. */
export async function saveAdoption(
  tx: Tx,
  tenantId: string,
  adoption: { id: string; by: string; byName: string; at: Date; reason: string },
): Promise<boolean> {
  const { count } = await tx.drift.updateMany({
    where: { tenantId, id: adoption.id, openKey: { not: null }, adoptedAt: null },
    data: { adoptedBy: adoption.by, adoptedByName: adoption.byName, adoptedAt: adoption.at, adoptReason: adoption.reason },
  });
  return count === 1;
}

/** Takes back that a difference is accepted; false when it is not. */
export async function removeAdoption(tx: Tx, tenantId: string, id: string): Promise<boolean> {
  const { count } = await tx.drift.updateMany({
    where: { tenantId, id, openKey: { not: null }, adoptedAt: { not: null } },
    data: { adoptedBy: null, adoptedByName: null, adoptedAt: null, adoptReason: null },
  });
  return count === 1;
}
