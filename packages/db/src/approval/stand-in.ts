import type { Tx } from '../client/index.ts';

/** A stand-in as its page shows it. */
export interface StandInRow {
  id: string;
  userId: string;
  standInId: string;
  startsAt: Date;
  endsAt: Date;
  endedAt: Date | null;
  reason: string;
  createdAt: Date;
}

const standInSelect = {
  id: true,
  userId: true,
  standInId: true,
  startsAt: true,
  endsAt: true,
  endedAt: true,
  reason: true,
  createdAt: true,
} as const;

/** Stand-ins that hold now or will, of everyone or of those whom one person named or who named them; the next to begin first. */
export function listStandIns(reader: Tx, tenantId: string, query: { now: Date; concerning: string | null }): Promise<StandInRow[]> {
  const { now, concerning } = query;
  return reader.standIn.findMany({
    where: {
      tenantId,
      endedAt: null,
      endsAt: { gt: now },
      ...(concerning === null ? {} : { OR: [{ userId: concerning }, { standInId: concerning }] }),
    },
    select: standInSelect,
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
    take: 500,
  });
}

/** One stand-in, or null. */
export function findStandIn(reader: Tx, tenantId: string, id: string): Promise<StandInRow | null> {
  return reader.standIn.findUnique({ where: { tenantId_id: { tenantId, id } }, select: standInSelect });
}

/** Adds one. */
export async function insertStandIn(tx: Tx, tenantId: string, row: Omit<StandInRow, 'endedAt'>): Promise<void> {
  await tx.standIn.create({ data: { tenantId, ...row } });
}

/** Ends one early; false when it has ended already. */
export async function endStandIn(tx: Tx, tenantId: string, ended: { id: string; endedAt: Date }): Promise<boolean> {
  const { count } = await tx.standIn.updateMany({
    where: { tenantId, id: ended.id, endedAt: null, endsAt: { gt: ended.endedAt } },
    data: { endedAt: ended.endedAt },
  });
  return count === 1;
}

/** Makes namings of stand-ins in the tenant happen one after the other, so that two at once cannot close a circle. */
export async function lockStandIns(tx: Tx, tenantId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`stand-ins ${tenantId}`}, 0))`;
}
