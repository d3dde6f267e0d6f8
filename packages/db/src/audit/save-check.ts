import type { Tx } from '../client/index.ts';
import type { CheckRow, CheckpointRow } from './read-chain.ts';

/** Keeps a signed end of the chain; one that is there already stays as it is. */
export async function insertCheckpoint(tx: Tx, tenantId: string, checkpoint: CheckpointRow): Promise<void> {
  await tx.auditCheckpoint.createMany({ data: [{ tenantId, ...checkpoint }], skipDuplicates: true });
}

/** Keeps what a walk over the chain has found. */
export async function saveCheck(tx: Tx, tenantId: string, check: CheckRow): Promise<void> {
  await tx.auditCheck.upsert({ where: { tenantId }, create: { tenantId, ...check }, update: check });
}
