import { progression, strategy } from '@flow/core/deployment';
import type { Progression, Strategy } from '@flow/core/deployment';
import type { Place } from '@flow/core/rule';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';
import { layerValues } from './find-service.ts';
import type { LayerValues } from './find-service.ts';

export const environmentKind = z.enum(['development', 'staging', 'production', 'ephemeral']);
export type EnvironmentKind = z.infer<typeof environmentKind>;

/** Groups of regions, a wave each. */
export const waveRegions = z.array(z.array(z.string()).min(1)).min(1);

/** Where an environment lives in one region. */
export interface TargetRow {
  id: string;
  region: string;
  clusterId: string;
  clusterName: string;
  namespace: string;
  values: LayerValues;
}

/** An environment with its targets. */
export interface EnvironmentDetail {
  id: string;
  slug: string;
  name: string;
  kind: EnvironmentKind;
  /** Grows with each edit. */
  version: number;
  position: number;
  requiredApprovals: number;
  bakeTimeSeconds: number;
  waves: string[][];
  strategy: Strategy;
  progression: Progression;
  values: LayerValues;
  archivedAt: Date | null;
  targets: TargetRow[];
}

const environmentSelect = {
  id: true,
  slug: true,
  name: true,
  kind: true,
  version: true,
  position: true,
  requiredApprovals: true,
  bakeTimeSeconds: true,
  waves: true,
  strategy: true,
  progression: true,
  values: true,
  archivedAt: true,
  targets: {
    select: { id: true, region: true, clusterId: true, namespace: true, values: true, cluster: { select: { name: true } } },
    orderBy: { region: 'asc' as const },
  },
} as const;

type Stored = Omit<EnvironmentDetail, 'kind' | 'waves' | 'strategy' | 'progression' | 'values' | 'targets'> & {
  kind: string;
  waves: unknown;
  strategy: unknown;
  progression: unknown;
  values: unknown;
  targets: { id: string; region: string; clusterId: string; namespace: string; values: unknown; cluster: { name: string } }[];
};

function toEnvironment(row: Stored): EnvironmentDetail {
  return {
    ...row,
    kind: environmentKind.parse(row.kind),
    waves: waveRegions.parse(row.waves),
    strategy: strategy.parse(row.strategy),
    progression: progression.parse(row.progression),
    values: layerValues.parse(row.values),
    targets: row.targets.map(({ cluster, ...target }) => ({
      ...target,
      clusterName: cluster.name,
      values: layerValues.parse(target.values),
    })),
  };
}

/** The tenant's environments along the promotion path, with their targets; archived ones are left out. */
export async function listEnvironments(reader: Tx, tenantId: string): Promise<EnvironmentDetail[]> {
  const rows = await reader.environment.findMany({
    where: { tenantId, archivedAt: null },
    select: environmentSelect,
    orderBy: [{ position: 'asc' }, { slug: 'asc' }],
    take: 200,
  });
  return rows.map(toEnvironment);
}

/** One environment by id, archived or not; null when there is none. */
export async function findEnvironment(reader: Tx, tenantId: string, id: string): Promise<EnvironmentDetail | null> {
  const row = await reader.environment.findUnique({ where: { tenantId_id: { tenantId, id } }, select: environmentSelect });
  return row === null ? null : toEnvironment(row);
}

/** One environment by its slug. */
export async function findEnvironmentBySlug(reader: Tx, tenantId: string, slug: string): Promise<EnvironmentDetail | null> {
  const row = await reader.environment.findUnique({ where: { tenantId_slug: { tenantId, slug } }, select: environmentSelect });
  return row === null ? null : toEnvironment(row);
}

/** Names of environments by id, for lists. */
export async function findEnvironmentNames(
  reader: Tx,
  tenantId: string,
): Promise<Map<string, { slug: string; name: string; kind: string; position: number }>> {
  const rows = await reader.environment.findMany({
    where: { tenantId },
    select: { id: true, slug: true, name: true, kind: true, position: true },
    take: 500,
  });
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}

/** Which of the places (cluster and namespace) another tenant deploys to already: two tenants in one namespace would reach each other's releases. */
export async function findPlacesOfOthers(
  reader: Tx,
  tenantId: string,
  places: readonly { clusterId: string; namespace: string }[],
): Promise<{ clusterId: string; namespace: string }[]> {
  return reader.target.findMany({
    where: { tenantId: { not: tenantId }, OR: [...places] },
    select: { clusterId: true, namespace: true },
    take: 50,
  });
}

/** Every service in every environment of the tenant, as rules see places. Bounded: of a large tenant the first ones by slug. */
export async function listPlaces(reader: Tx, tenantId: string): Promise<(Place & { serviceName: string; environmentName: string })[]> {
  const environments = await listEnvironments(reader, tenantId);
  const services = await reader.service.findMany({
    where: { tenantId, archivedAt: null },
    select: { id: true, name: true, tier: true, labels: true },
    orderBy: { slug: 'asc' },
    take: 2_000,
  });
  return services.flatMap((service) =>
    environments.map((environment) => ({
      tenantId,
      environmentId: environment.id,
      environmentName: environment.name,
      environmentKind: environment.kind,
      serviceId: service.id,
      serviceName: service.name,
      tier: String(service.tier),
      regions: environment.targets.map((target) => target.region),
      labels: z.record(z.string(), z.string()).parse(service.labels),
    })),
  );
}

/** Which of the given ids are services and environments of the tenant. */
export async function findExistingIds(
  reader: Tx,
  tenantId: string,
  ids: { serviceIds: readonly string[]; environmentIds: readonly string[] },
): Promise<{ serviceIds: Set<string>; environmentIds: Set<string> }> {
  const services = await reader.service.findMany({ where: { tenantId, id: { in: [...ids.serviceIds] } }, select: { id: true } });
  const environments = await reader.environment.findMany({
    where: { tenantId, id: { in: [...ids.environmentIds] } },
    select: { id: true },
  });
  return { serviceIds: new Set(services.map((row) => row.id)), environmentIds: new Set(environments.map((row) => row.id)) };
}
