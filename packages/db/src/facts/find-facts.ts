import { terminalDeploymentStates } from '@flow/core/deployment';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/** A service that calls, or is called by, the one in question. */
export interface RelatedService {
  id: string;
  slug: string;
  name: string;
}

const relatedSelect = { id: true, slug: true, name: true } as const;

/** Services that this one calls, and those that call it. */
export async function findRelatedServices(
  reader: Tx,
  tenantId: string,
  service: { slug: string; dependsOn: readonly string[] },
): Promise<{ dependencies: RelatedService[]; dependents: RelatedService[] }> {
  const dependencies = await reader.service.findMany({
    where: { tenantId, slug: { in: [...service.dependsOn] } },
    select: relatedSelect,
    take: 100,
  });
  const dependents = await reader.service.findMany({
    where: { tenantId, dependsOn: { has: service.slug } },
    select: relatedSelect,
    orderBy: { slug: 'asc' },
    take: 200,
  });
  return { dependencies, dependents };
}

const othersMax = 400;
const othersSelect = {
  id: true,
  serviceId: true,
  environmentId: true,
  state: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
  service: { select: { name: true } },
  environment: { select: { kind: true } },
  artifact: { select: { digest: true } },
  targets: { select: { region: true, clusterId: true, observed: true } },
} as const;

/** A deployment beside the one in question. */
export interface BesideDeployment {
  id: string;
  serviceId: string;
  environmentId: string;
  state: string;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  service: { name: string };
  environment: { kind: string };
  artifact: { digest: string };
  targets: { region: string; clusterId: string; observed: unknown }[];
}

/** Other deployments of the tenant that have not ended, or ended after `since`: newest first, bounded. */
export function listDeploymentsBeside(
  reader: Tx,
  tenantId: string,
  beside: { deploymentId: string | null; since: Date },
): Promise<BesideDeployment[]> {
  return reader.deployment.findMany({
    where: {
      tenantId,
      ...(beside.deploymentId === null ? {} : { id: { not: beside.deploymentId } }),
      OR: [{ state: { notIn: [...terminalDeploymentStates] } }, { finishedAt: { gte: beside.since } }],
    },
    select: othersSelect,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: othersMax,
  });
}

const counted = z.array(z.object({ cluster_id: z.string(), region: z.string(), count: z.coerce.number() }));

/** How many deployments move in each cluster, without the one in question. platform-wide: on a shared cluster it is a number, not whose. */
export async function countMovingByCluster(
  reader: Tx,
  deploymentId: string | null,
): Promise<{ clusterId: string; region: string; count: number }[]> {
  const rows = await reader.$queryRaw`
    SELECT target.cluster_id, target.region, count(DISTINCT deployment.id) AS count
    FROM deployment JOIN target_deployment target ON target.tenant_id = deployment.tenant_id AND target.deployment_id = deployment.id
    WHERE deployment.active_place IS NOT NULL AND deployment.id <> ${deploymentId ?? ''}
    GROUP BY target.cluster_id, target.region`;
  return counted.parse(rows).map((row) => ({ clusterId: row.cluster_id, region: row.region, count: row.count }));
}

/** How many deployments move on the whole platform, without the one in question. platform-wide: a number, not whose. */
export function countMoving(reader: Tx, deploymentId: string | null): Promise<number> {
  return reader.deployment.count({
    where: { activePlace: { not: null }, ...(deploymentId === null ? {} : { id: { not: deploymentId } }) },
  });
}

/** The newest ended deployment of the service to the environment, without the one in question. */
export function findPreviousDeployment(
  reader: Tx,
  tenantId: string,
  place: { serviceId: string; environmentId: string; deploymentId: string | null },
): Promise<{ id: string; state: string; finishedAt: Date | null; createdAt: Date; artifact: { digest: string } } | null> {
  return reader.deployment.findFirst({
    where: {
      tenantId,
      serviceId: place.serviceId,
      environmentId: place.environmentId,
      state: { in: ['succeeded', 'failed', 'rolledBack'] },
      ...(place.deploymentId === null ? {} : { id: { not: place.deploymentId } }),
    },
    select: { id: true, state: true, finishedAt: true, createdAt: true, artifact: { select: { digest: true } } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
}

/** What runs of a service in one target. */
export interface RunningWithBuild {
  targetId: string;
  environmentId: string;
  deploymentId: string;
  version: string;
  digest: string;
  since: Date;
  builtAt: Date;
  isQuarantined: boolean;
}

/** What runs of the service everywhere, with when each version was built and with what it was deployed. */
export async function listRunningWithBuild(reader: Tx, tenantId: string, serviceId: string): Promise<RunningWithBuild[]> {
  const running = await reader.runningVersion.findMany({ where: { tenantId, serviceId }, orderBy: { targetId: 'asc' } });
  const quarantined = await reader.quarantine.findMany({
    where: { tenantId, openDigest: { in: running.map((one) => one.digest) } },
    select: { openDigest: true },
  });
  const bad = new Set(quarantined.map(({ openDigest }) => openDigest));
  const artifacts = await reader.artifact.findMany({
    where: { tenantId, id: { in: running.map((one) => one.artifactId) } },
    select: { id: true, createdAt: true },
  });
  const built = new Map(artifacts.map((artifact) => [artifact.id, artifact.createdAt]));
  return running.map((one) => ({ ...one, builtAt: built.get(one.artifactId) ?? one.since, isQuarantined: bad.has(one.digest) }));
}

/**
 * Of the given targets those where Helm has made a release of the service by another deployment than this one: asked of targets where nothing was ever seen
 * healthy, it finds a first release that failed and still lies there.
 */
export async function findReleasedTargets(
  reader: Tx,
  tenantId: string,
  of: { serviceId: string; targetIds: readonly string[]; deploymentId: string | null },
): Promise<ReadonlySet<string>> {
  if (of.targetIds.length === 0) return new Set();
  const rows = await reader.targetDeployment.findMany({
    where: {
      tenantId,
      targetId: { in: [...of.targetIds] },
      releaseRevision: { not: null },
      deployment: { serviceId: of.serviceId },
      ...(of.deploymentId === null ? {} : { deploymentId: { not: of.deploymentId } }),
    },
    select: { targetId: true },
    distinct: ['targetId'],
  });
  return new Set(rows.map(({ targetId }) => targetId));
}

/** The snapshots that two deployments were prepared with. */
export async function findSnapshots(reader: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, unknown>> {
  const rows = await reader.deployment.findMany({ where: { tenantId, id: { in: [...ids] } }, select: { id: true, snapshot: true } });
  return new Map(rows.map((row) => [row.id, row.snapshot]));
}

/** What is measured now of the given services, in the regions where one of their canaries moves. */
export function listMovingAnalyses(
  reader: Tx,
  tenantId: string,
  { serviceIds, environmentId }: { serviceIds: readonly string[]; environmentId: string },
): Promise<{ region: string; podHash: string | null; analyses: unknown; deployment: { service: { name: string } } }[]> {
  return reader.targetDeployment.findMany({
    where: { tenantId, deployment: { serviceId: { in: [...serviceIds] }, environmentId, activePlace: { not: null } } },
    select: { region: true, podHash: true, analyses: true, deployment: { select: { service: { select: { name: true } } } } },
    take: 200,
  });
}

/** Whether the run that built the artifact ended its steps well; an artifact that no run built says nothing. */
export async function hasPassedTests(reader: Tx, tenantId: string, runId: string | null): Promise<boolean> {
  if (runId === null) return false;
  const stages = await reader.stageRun.findMany({ where: { tenantId, runId, kind: 'steps' }, select: { state: true } });
  return stages.length > 0 && stages.every((stage) => stage.state === 'succeeded');
}
