import { z } from 'zod';
import type { Tx } from '../client/index.ts';
import { openedBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

export const severity = z.enum(['critical', 'major', 'minor']);
export type Severity = z.infer<typeof severity>;

/** Something that is wrong with a service, or was. */
export interface IncidentRow {
  id: string;
  title: string;
  severity: Severity;
  service: { id: string; slug: string; name: string };
  openedAt: Date;
  closedAt: Date | null;
}

const incidentSelect = {
  id: true,
  title: true,
  severity: true,
  openedAt: true,
  closedAt: true,
  service: { select: { id: true, slug: true, name: true } },
} as const;

function toIncident<Row extends { severity: string }>(row: Row): Omit<Row, 'severity'> & { severity: Severity } {
  return { ...row, severity: severity.parse(row.severity) };
}

/** Incidents of the tenant, newest first; only those that are open when asked so. */
export async function listIncidents(reader: Tx, tenantId: string, query: PageQuery & { isOpen: boolean }): Promise<Page<IncidentRow>> {
  const rows = await reader.incident.findMany({
    where: { tenantId, ...(query.isOpen ? { closedAt: null } : {}), ...openedBefore(query.cursor) },
    select: incidentSelect,
    orderBy: [{ openedAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return toPage(rows.map(toIncident), query.limit, (row) => row.openedAt);
}

/** Open incidents of the given services: what rules look at. */
export async function listOpenIncidents(reader: Tx, tenantId: string, serviceIds: readonly string[]): Promise<IncidentRow[]> {
  if (serviceIds.length === 0) return [];
  const rows = await reader.incident.findMany({
    where: { tenantId, serviceId: { in: [...serviceIds] }, closedAt: null },
    select: incidentSelect,
    orderBy: [{ openedAt: 'asc' }, { id: 'asc' }],
    take: 100,
  });
  return rows.map(toIncident);
}

/** Adds an open incident. */
export async function insertIncident(
  tx: Tx,
  tenantId: string,
  incident: { id: string; serviceId: string; title: string; severity: Severity; openedAt: Date; openedBy: string },
): Promise<void> {
  await tx.incident.create({ data: { tenantId, ...incident } });
}

/** Closes an incident; what it was, or null when it is not there or closed already. */
export async function closeIncident(
  tx: Tx,
  tenantId: string,
  closing: { id: string; closedAt: Date; closedBy: string },
): Promise<IncidentRow | null> {
  const { id, ...closed } = closing;
  const { count } = await tx.incident.updateMany({ where: { tenantId, id, closedAt: null }, data: closed });
  if (count === 0) return null;
  const row = await tx.incident.findUnique({ where: { tenantId_id: { tenantId, id } }, select: incidentSelect });
  return row === null ? null : toIncident(row);
}
