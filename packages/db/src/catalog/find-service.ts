import { isKnownZone } from '@flow/core/rule';
import type { WorkingHours } from '@flow/core/rule';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/** Which chart installs a service: Flow's own, or one in its repository. */
export const chartSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('flow') }),
  z.strictObject({ kind: z.literal('repository'), path: z.string().min(1).max(200) }),
]);
export type ChartSource = z.infer<typeof chartSource>;

export const serviceRuntime = z.enum(['container', 'vm']);
export type ServiceRuntime = z.infer<typeof serviceRuntime>;

/** Helm values of one layer. */
export const layerValues = z.record(z.string(), z.unknown());
export type LayerValues = z.infer<typeof layerValues>;

/** When the owning team is there (core/rule WorkingHours). */
export const workingHours = z.strictObject({
  zone: z.string().refine(isKnownZone, 'use the name of a zone of the IANA database, for example Europe/Berlin'),
  days: z.array(z.number().int().min(1).max(7)).max(7),
  startMinute: z.number().int().min(0).max(1_440),
  endMinute: z.number().int().min(0).max(1_440),
});

const labels = z.record(z.string(), z.string());

/** A row of the list of services. */
export interface ServiceRow {
  id: string;
  slug: string;
  name: string;
  tier: number;
  owner: string;
  runtime: ServiceRuntime;
}

/** A service with all that its page shows of itself. */
export interface ServiceDetail extends ServiceRow {
  description: string;
  repositoryUrl: string;
  defaultBranch: string;
  chart: ChartSource;
  values: LayerValues;
  dependsOn: string[];
  labels: Record<string, string>;
  workingHours: WorkingHours | null;
  createdAt: Date;
  archivedAt: Date | null;
}

const rowSelect = { id: true, slug: true, name: true, tier: true, owner: true, runtime: true } as const;
const detailSelect = {
  ...rowSelect,
  description: true,
  repositoryUrl: true,
  defaultBranch: true,
  chart: true,
  values: true,
  dependsOn: true,
  labels: true,
  workingHours: true,
  createdAt: true,
  archivedAt: true,
} as const;

/** Names of services by id, archived ones too, for lists. */
export async function findServiceNames(reader: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await reader.service.findMany({ where: { tenantId, id: { in: [...new Set(ids)] } }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Services that are not archived in the order of their slugs, a page at a time; the cursor is the last slug. `search` is found in slug or name. */
export async function listServices(
  reader: Tx,
  tenantId: string,
  query: { search: string; cursor?: string | undefined; limit: number },
): Promise<{ items: ServiceRow[]; nextCursor: string | null }> {
  const found = { contains: query.search, mode: 'insensitive' as const };
  const rows = await reader.service.findMany({
    where: {
      tenantId,
      archivedAt: null,
      ...(query.cursor === undefined ? {} : { slug: { gt: query.cursor } }),
      ...(query.search === '' ? {} : { OR: [{ slug: found }, { name: found }] }),
    },
    select: rowSelect,
    orderBy: { slug: 'asc' },
    take: query.limit + 1,
  });
  const items = rows.slice(0, query.limit).map((row) => ({ ...row, runtime: serviceRuntime.parse(row.runtime) }));
  return { items, nextCursor: rows.length > query.limit ? (items.at(-1)?.slug ?? null) : null };
}

function toDetail(
  row: Omit<ServiceDetail, 'runtime' | 'chart' | 'values' | 'labels' | 'workingHours'> & {
    runtime: string;
    chart: unknown;
    values: unknown;
    labels: unknown;
    workingHours: unknown;
  },
): ServiceDetail {
  return {
    ...row,
    runtime: serviceRuntime.parse(row.runtime),
    chart: chartSource.parse(row.chart),
    values: layerValues.parse(row.values),
    labels: labels.parse(row.labels),
    workingHours: workingHours.nullable().parse(row.workingHours),
  };
}

/** One service by id, or null. */
export async function findService(reader: Tx, tenantId: string, id: string): Promise<ServiceDetail | null> {
  const row = await reader.service.findUnique({ where: { tenantId_id: { tenantId, id } }, select: detailSelect });
  return row === null ? null : toDetail(row);
}

/** One service by its slug, or null. */
export async function findServiceBySlug(reader: Tx, tenantId: string, slug: string): Promise<ServiceDetail | null> {
  const row = await reader.service.findUnique({ where: { tenantId_slug: { tenantId, slug } }, select: detailSelect });
  return row === null ? null : toDetail(row);
}

export interface RunningVersionRow {
  serviceId: string;
  targetId: string;
  environmentId: string;
  region: string;
  artifactId: string;
  deploymentId: string;
  version: string;
  digest: string;
  since: Date;
}

const runningSelect = {
  serviceId: true,
  targetId: true,
  environmentId: true,
  region: true,
  artifactId: true,
  deploymentId: true,
  version: true,
  digest: true,
  since: true,
} as const;

/** What runs where of the given services: one query for a page of them. */
export function listRunningVersions(reader: Tx, tenantId: string, serviceIds: readonly string[]): Promise<RunningVersionRow[]> {
  if (serviceIds.length === 0) return Promise.resolve([]);
  return reader.runningVersion.findMany({
    where: { tenantId, serviceId: { in: [...serviceIds] } },
    select: runningSelect,
    orderBy: [{ serviceId: 'asc' }, { region: 'asc' }],
  });
}
