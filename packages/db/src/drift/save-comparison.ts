import type { Tx } from '../client/index.ts';

interface Place {
  serviceId: string;
  targetId: string;
}

export interface NewDrift extends Place {
  id: string;
  environmentId: string;
  region: string;
  deploymentId: string;
  object: string;
  path: string;
  wanted: string | null;
  found: string | null;
  isHidden: boolean;
  fingerprint: string;
  openKey: string;
  changedBy: string;
  changedAt: Date | null;
  foundAt: Date;
}

/** Writes down differences that were found; one that stands there already is passed over. Answers how many are new. */
export async function insertDrift(tx: Tx, tenantId: string, drift: readonly NewDrift[]): Promise<number> {
  if (drift.length === 0) return 0;
  const { count } = await tx.drift.createMany({ data: drift.map((one) => ({ tenantId, ...one })), skipDuplicates: true });
  return count;
}

/** Says that differences are not there any more. */
export async function closeDrift(tx: Tx, tenantId: string, gone: { ids: readonly string[]; goneAt: Date }): Promise<void> {
  if (gone.ids.length === 0) return;
  await tx.drift.updateMany({ where: { tenantId, id: { in: [...gone.ids] } }, data: { openKey: null, goneAt: gone.goneAt } });
}

/** Keeps when and with what a release was compared, or why it could not be. */
export async function saveComparison(
  tx: Tx,
  tenantId: string,
  { serviceId, targetId, ...compared }: Place & { deploymentId: string; triedAt: Date; comparedAt?: Date; trouble: string },
): Promise<void> {
  await tx.driftScan.upsert({
    where: { tenantId_serviceId_targetId: { tenantId, serviceId, targetId } },
    create: { tenantId, serviceId, targetId, ...compared },
    update: compared,
  });
}

/** Keeps that a person wants a release compared now. */
export async function saveAskedComparison(tx: Tx, tenantId: string, { askedAt, ...place }: Place & { askedAt: Date }): Promise<void> {
  await tx.driftScan.upsert({
    where: { tenantId_serviceId_targetId: { tenantId, ...place } },
    create: { tenantId, ...place, askedAt },
    update: { askedAt },
  });
}
