import { reapplyState } from '@flow/core/drift';
import type { ReapplyState } from '@flow/core/drift';
import type { Tx } from '../client/index.ts';

/** One difference that is there now. */
export interface DriftRow {
  id: string;
  serviceId: string;
  environmentId: string;
  targetId: string;
  region: string;
  object: string;
  path: string;
  /** Canonical JSON without secrets; null for nothing. */
  wanted: string | null;
  found: string | null;
  isHidden: boolean;
  fingerprint: string;
  openKey: string | null;
  /** Empty when the cluster does not say. */
  changedBy: string;
  changedAt: Date | null;
  foundAt: Date;
  adoptedByName: string | null;
  adoptedAt: Date | null;
  adoptReason: string | null;
}

const driftSelect = {
  id: true,
  serviceId: true,
  environmentId: true,
  targetId: true,
  region: true,
  object: true,
  path: true,
  wanted: true,
  found: true,
  isHidden: true,
  fingerprint: true,
  openKey: true,
  changedBy: true,
  changedAt: true,
  foundAt: true,
  adoptedByName: true,
  adoptedAt: true,
  adoptReason: true,
} as const;

/** What differs now in the targets of a service, by object and path. */
export function listDrift(reader: Tx, tenantId: string, place: { serviceId: string; targetId?: string }): Promise<DriftRow[]> {
  return reader.drift.findMany({
    where: { tenantId, ...place, openKey: { not: null } },
    select: driftSelect,
    orderBy: [{ environmentId: 'asc' }, { region: 'asc' }, { object: 'asc' }, { path: 'asc' }, { id: 'asc' }],
    take: 1_000,
  });
}

/** One difference, whether it is still there or not; null when there is none of the tenant. */
export function findDriftById(reader: Tx, tenantId: string, id: string): Promise<DriftRow | null> {
  return reader.drift.findUnique({ where: { tenantId_id: { tenantId, id } }, select: driftSelect });
}

/** How many differences that nobody has accepted there are, by service, environment and region. */
export async function countDrift(
  reader: Tx,
  tenantId: string,
  serviceIds: readonly string[],
): Promise<{ serviceId: string; environmentId: string; region: string; count: number }[]> {
  if (serviceIds.length === 0) return [];
  const rows = await reader.drift.groupBy({
    by: ['serviceId', 'environmentId', 'region'],
    where: { tenantId, serviceId: { in: [...serviceIds] }, openKey: { not: null }, adoptedAt: null },
    _count: { _all: true },
    orderBy: [{ serviceId: 'asc' }, { environmentId: 'asc' }, { region: 'asc' }],
  });
  return rows.map(({ _count, ...row }) => ({ ...row, count: _count._all }));
}

/** When a service was compared in a target, and what became of the newest wish there. */
export interface DriftScanRow {
  targetId: string;
  comparedAt: Date | null;
  triedAt: Date | null;
  askedAt: Date | null;
  trouble: string;
  reapply: { state: ReapplyState; byName: string; at: Date | null; result: string } | null;
}

/** The comparisons of a service, by target. */
export async function listDriftScans(reader: Tx, tenantId: string, serviceId: string): Promise<DriftScanRow[]> {
  const rows = await reader.driftScan.findMany({ where: { tenantId, serviceId }, orderBy: { targetId: 'asc' } });
  return rows.map(({ targetId, comparedAt, triedAt, askedAt, trouble, ...row }) => {
    const state = reapplyState.nullable().parse(row.reapplyState);
    const reapply = state === null ? null : { state, byName: row.reapplyByName ?? '', at: row.reapplyAt, result: row.reapplyResult };
    return { targetId, comparedAt, triedAt, askedAt, trouble, reapply };
  });
}

/** What was asked and tried of one release, or null before the first time. */
export function findDriftScan(
  reader: Tx,
  tenantId: string,
  place: { serviceId: string; targetId: string },
): Promise<{ askedAt: Date | null; triedAt: Date | null; trouble: string } | null> {
  return reader.driftScan.findUnique({
    where: { tenantId_serviceId_targetId: { tenantId, ...place } },
    select: { askedAt: true, triedAt: true, trouble: true },
  });
}
