import type { ExternalCheckSettings } from '@flow/core/external-check';
import { platformTenantId } from '../audit/index.ts';
import type { Tx } from '../client/index.ts';

/** An outside service that gates can ask, as people may see it: never its secret. */
export interface ExternalCheckRow extends ExternalCheckSettings {
  id: string;
  /** Of the platform: the gates of the platform ask it, about deployments of every tenant. */
  isPlatform: boolean;
  createdAt: Date;
  createdByName: string;
}

/** Outside services that one tenant, or the platform, can ask. */
export const externalChecksMax = 50;

const shown = {
  tenantId: true,
  id: true,
  name: true,
  url: true,
  timeoutSeconds: true,
  retriesMax: true,
  answerWithinMinutes: true,
  createdAt: true,
  createdByName: true,
} as const;

function toExternal<Row extends { tenantId: string }>({ tenantId, ...row }: Row): Omit<Row, 'tenantId'> & { isPlatform: boolean } {
  return { ...row, isPlatform: tenantId === platformTenantId };
}

/** The outside services of the tenant and those of the platform, newest first. */
export async function listExternalChecks(reader: Tx, tenantId: string): Promise<ExternalCheckRow[]> {
  const rows = await reader.externalCheck.findMany({
    where: { tenantId: { in: [tenantId, platformTenantId] }, removedAt: null },
    select: shown,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: externalChecksMax * 2,
  });
  return rows.map(toExternal);
}

/** One outside service, of the tenant or of the platform, with the secret as it is sealed; null when it is not there any more. */
export async function findExternalCheck(
  reader: Tx,
  tenantId: string,
  id: string,
): Promise<(ExternalCheckRow & { sealedSecret: string }) | null> {
  const row = await reader.externalCheck.findFirst({
    where: { tenantId: { in: [tenantId, platformTenantId] }, id, removedAt: null },
    select: { ...shown, sealedSecret: true },
  });
  return row === null ? null : toExternal(row);
}

/** How many outside services there are, of the tenant or of the platform alone. */
export function countExternalChecks(reader: Tx, tenantId: string): Promise<number> {
  return reader.externalCheck.count({ where: { tenantId, removedAt: null } });
}

/** Adds an outside service. */
export async function insertExternalCheck(
  tx: Tx,
  tenantId: string,
  added: Omit<ExternalCheckRow, 'isPlatform'> & { sealedSecret: string },
): Promise<void> {
  await tx.externalCheck.create({ data: { tenantId, ...added } });
}

/** Takes an outside service away. False when it is not there. */
export async function removeExternalCheck(tx: Tx, tenantId: string, { id, at }: { id: string; at: Date }): Promise<boolean> {
  const { count } = await tx.externalCheck.updateMany({ where: { tenantId, id, removedAt: null }, data: { removedAt: at } });
  return count === 1;
}
