import { reapplyMayBecome, reapplyState } from '@flow/core/drift';
import type { ReapplyState } from '@flow/core/drift';
import type { Tx } from '../client/index.ts';

interface Place {
  serviceId: string;
  targetId: string;
}

/** A wish to apply again what was deployed. */
export interface Reapply {
  by: string;
  byName: string;
  at: Date;
}

/** Keeps the wish; false while an earlier one is still to be carried out. */
export async function saveAskedReapply(
  tx: Tx,
  tenantId: string,
  { serviceId, targetId, by, byName, at }: Place & Reapply,
): Promise<boolean> {
  const place = { tenantId, serviceId, targetId };
  await tx.driftScan.createMany({ data: [place], skipDuplicates: true });
  const { count } = await tx.driftScan.updateMany({
    where: { ...place, OR: [{ reapplyState: null }, { reapplyState: { not: 'asked' } }] },
    data: { reapplyState: 'asked', reapplyBy: by, reapplyByName: byName, reapplyAt: at, reapplyResult: '' },
  });
  return count === 1;
}

/** What is still to be applied again in a place, by whose wish; null when there is none. */
export async function findAskedReapply(reader: Tx, tenantId: string, { serviceId, targetId }: Place): Promise<Reapply | null> {
  const row = await reader.driftScan.findFirst({ where: { tenantId, serviceId, targetId, reapplyState: 'asked' } });
  if (row === null || row.reapplyAt === null) return null;
  return { by: row.reapplyBy ?? '', byName: row.reapplyByName ?? '', at: row.reapplyAt };
}

/** Keeps what came of the wish that is open; false when there is none. */
export async function saveReapplyResult(
  tx: Tx,
  tenantId: string,
  ended: Place & { to: Exclude<ReapplyState, 'asked'>; result: string },
): Promise<boolean> {
  const { serviceId, targetId, to, result } = ended;
  const from = reapplyState.options.filter((state) => reapplyMayBecome(state, to));
  const { count } = await tx.driftScan.updateMany({
    where: { tenantId, serviceId, targetId, reapplyState: { in: from } },
    data: { reapplyState: to, reapplyResult: result.slice(0, 2_000) },
  });
  return count === 1;
}
