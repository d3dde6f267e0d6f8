import type { Progression, Strategy } from '@flow/core/deployment';
import type { WorkingHours } from '@flow/core/rule';
import { Prisma } from '../generated/client.ts';
import type { Tx } from '../client/index.ts';
import type { ChartSource, LayerValues, ServiceRuntime } from './find-service.ts';
import type { EnvironmentKind } from './find-environment.ts';

export interface ServiceFields {
  name: string;
  description: string;
  runtime: ServiceRuntime;
  tier: number;
  owner: string;
  repositoryUrl: string;
  defaultBranch: string;
  chart: ChartSource;
  values: LayerValues;
  dependsOn: string[];
  labels: Record<string, string>;
  workingHours: WorkingHours | null;
}

// What was parsed from JSON can be written as JSON again.
function asJson(values: LayerValues): Prisma.InputJsonObject {
  // The schema of the layers accepts only what came out of JSON, so the values are JSON values.
  return values as Prisma.InputJsonObject;
}

function jsonFields({ values, workingHours }: ServiceFields) {
  return { values: asJson(values), workingHours: hoursOrNull(workingHours) };
}

function hoursOrNull(hours: WorkingHours | null) {
  return hours === null ? Prisma.DbNull : { ...hours, days: [...hours.days] };
}

/** Adds a service; false when the slug is taken in this tenant. */
export async function insertService(
  tx: Tx,
  tenantId: string,
  service: ServiceFields & { id: string; slug: string; createdAt: Date },
): Promise<boolean> {
  const { count } = await tx.service.createMany({ data: [{ tenantId, ...service, ...jsonFields(service) }], skipDuplicates: true });
  return count === 1;
}

/** Changes the given fields of a service that is not archived; false when there is none. */
export async function updateService(tx: Tx, tenantId: string, change: { id: string; fields: Partial<ServiceFields> }): Promise<boolean> {
  const { values, workingHours, ...rest } = change.fields;
  const { count } = await tx.service.updateMany({
    where: { tenantId, id: change.id, archivedAt: null },
    data: {
      ...rest,
      ...(values === undefined ? {} : { values: asJson(values) }),
      ...(workingHours === undefined ? {} : { workingHours: hoursOrNull(workingHours) }),
    },
  });
  return count === 1;
}

export interface NewEnvironment {
  id: string;
  slug: string;
  name: string;
  kind: EnvironmentKind;
  position: number;
  requiredApprovals: number;
  bakeTimeSeconds: number;
  waves: string[][];
  strategy: Strategy;
  progression: Progression;
  values: LayerValues;
  createdAt: Date;
  targets: { id: string; region: string; clusterId: string; namespace: string; values: LayerValues }[];
}

/** Adds an environment with its targets; false when the slug is taken in this tenant. */
export async function insertEnvironment(tx: Tx, tenantId: string, environment: NewEnvironment): Promise<boolean> {
  const { targets, values, ...fields } = environment;
  const { count } = await tx.environment.createMany({ data: [{ tenantId, ...fields, values: asJson(values) }], skipDuplicates: true });
  if (count === 0) return false;
  await tx.target.createMany({
    data: targets.map((target) => ({ tenantId, environmentId: environment.id, ...target, values: asJson(target.values) })),
  });
  return true;
}

export type EnvironmentChange = Partial<
  Pick<NewEnvironment, 'name' | 'position' | 'requiredApprovals' | 'bakeTimeSeconds' | 'waves' | 'strategy' | 'progression' | 'values'>
>;

/** Changes the given fields of the version that was read; false when it is not that version any more, or archived. */
export async function updateEnvironment(
  tx: Tx,
  tenantId: string,
  change: { id: string; version: number; fields: EnvironmentChange },
): Promise<boolean> {
  const { values, ...rest } = change.fields;
  const { count } = await tx.environment.updateMany({
    where: { tenantId, id: change.id, version: change.version, archivedAt: null },
    data: { ...rest, ...(values === undefined ? {} : { values: asJson(values) }), version: { increment: 1 } },
  });
  return count === 1;
}

/** Adds regions to an environment. */
export async function addTargets(
  tx: Tx,
  tenantId: string,
  added: { environmentId: string; targets: NewEnvironment['targets'] },
): Promise<void> {
  const { environmentId, targets } = added;
  await tx.target.createMany({ data: targets.map((target) => ({ tenantId, environmentId, ...target, values: asJson(target.values) })) });
}

/** Holds the environment against deployments that are asked for at this moment, until the transaction ends. */
export async function lockEnvironment(tx: Tx, tenantId: string, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM environment WHERE tenant_id = ${tenantId} AND id = ${id} FOR UPDATE`;
}

/** Lets nobody archive the environment until the transaction ends; others may hold it so at the same time. */
export async function holdEnvironment(tx: Tx, tenantId: string, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM environment WHERE tenant_id = ${tenantId} AND id = ${id} FOR SHARE`;
}

/** Takes an environment off the promotion path. */
export async function archiveEnvironment(tx: Tx, tenantId: string, archived: { id: string; archivedAt: Date }): Promise<void> {
  await tx.environment.updateMany({ where: { tenantId, id: archived.id }, data: { archivedAt: archived.archivedAt } });
}
