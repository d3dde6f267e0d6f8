import { z } from 'zod';
import type { Tx } from '../client/index.ts';

export const pinKind = z.enum(['pin', 'rollback']);

interface Place {
  serviceId: string;
  environmentId: string;
}

export interface NewPin extends Place {
  id: string;
  kind: z.infer<typeof pinKind>;
  artifactId: string | null;
  version: string;
  reason: string;
  placedBy: string;
  placedByName: string;
  placedAt: Date;
}

const openPlaceOf = ({ serviceId, environmentId }: Place): string => `${serviceId}/${environmentId}`;

/** Keeps a place at a version; false when somebody does so already. */
export async function insertPin(tx: Tx, tenantId: string, pin: NewPin): Promise<boolean> {
  const { count } = await tx.pin.createMany({ data: [{ tenantId, openPlace: openPlaceOf(pin), ...pin }], skipDuplicates: true });
  return count === 1;
}

/** Lets automation on again in a place; false when nobody keeps it. */
export async function savePinRelease(
  tx: Tx,
  tenantId: string,
  release: Place & { by: string; byName: string; at: Date },
): Promise<boolean> {
  const { count } = await tx.pin.updateMany({
    where: { tenantId, openPlace: openPlaceOf(release) },
    data: { openPlace: null, releasedBy: release.by, releasedByName: release.byName, releasedAt: release.at },
  });
  return count === 1;
}

export interface PinRow extends Place {
  id: string;
  kind: z.infer<typeof pinKind>;
  artifactId: string | null;
  version: string;
  reason: string;
  placedByName: string;
  placedAt: Date;
}

const pinSelect = {
  id: true,
  serviceId: true,
  environmentId: true,
  kind: true,
  artifactId: true,
  version: true,
  reason: true,
  placedByName: true,
  placedAt: true,
} as const;

/** What keeps a place at a version now, or null. */
export async function findPin(reader: Tx, tenantId: string, place: Place): Promise<PinRow | null> {
  const row = await reader.pin.findUnique({
    where: { tenantId_openPlace: { tenantId, openPlace: openPlaceOf(place) } },
    select: pinSelect,
  });
  return row === null ? null : { ...row, kind: pinKind.parse(row.kind) };
}

/** What keeps places of the given services at versions now. */
export async function listPins(reader: Tx, tenantId: string, serviceIds: readonly string[]): Promise<PinRow[]> {
  if (serviceIds.length === 0) return [];
  const rows = await reader.pin.findMany({
    where: { tenantId, serviceId: { in: [...serviceIds] }, openPlace: { not: null } },
    select: pinSelect,
    orderBy: { placedAt: 'desc' },
  });
  return rows.map((row) => ({ ...row, kind: pinKind.parse(row.kind) }));
}
