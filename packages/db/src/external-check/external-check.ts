import type { ExternalCheckSettings } from '@flow/core/external-check';
import type { Tx } from '../client/index.ts';

/** An outside service that gates can ask, as people may see it: never its secret. */
export interface ExternalCheckRow extends ExternalCheckSettings {
  id: string;
  createdAt: Date;
  createdByName: string;
}

/** Outside services that one tenant can ask. */
export const externalChecksMax = 50;

const shown = {
  id: true,
  name: true,
  url: true,
  timeoutSeconds: true,
  retriesMax: true,
  answerWithinMinutes: true,
  createdAt: true,
  createdByName: true,
} as const;

/** The outside services of the tenant, newest first. */
export function listExternalChecks(reader: Tx, tenantId: string): Promise<ExternalCheckRow[]> {
  return reader.externalCheck.findMany({
    where: { tenantId, removedAt: null },
    select: shown,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: externalChecksMax,
  });
}

/** One outside service with the secret as it is sealed, or null when it is not there any more. */
export async function findExternalCheck(
  reader: Tx,
  tenantId: string,
  id: string,
): Promise<(ExternalCheckRow & { sealedSecret: string }) | null> {
  return reader.externalCheck.findFirst({ where: { tenantId, id, removedAt: null }, select: { ...shown, sealedSecret: true } });
}

/** Adds an outside service. */
export async function insertExternalCheck(tx: Tx, tenantId: string, added: ExternalCheckRow & { sealedSecret: string }): Promise<void> {
  await tx.externalCheck.create({ data: { tenantId, ...added } });
}

/** Takes an outside service away. False when it is not there. */
export async function removeExternalCheck(tx: Tx, tenantId: string, { id, at }: { id: string; at: Date }): Promise<boolean> {
  const { count } = await tx.externalCheck.updateMany({ where: { tenantId, id, removedAt: null }, data: { removedAt: at } });
  return count === 1;
}
