import { deploymentState, terminalDeploymentStates } from '@flow/core/deployment';
import type { DeploymentState } from '@flow/core/deployment';
import { canaryProgress, podView } from '@flow/core/rollout';
import type { CanaryProgress, PodView } from '@flow/core/rollout';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/** A pod with the release that it belongs to. */
export interface ObservedPod extends PodView {
  clusterId: string;
  namespace: string;
  release: string;
}

/** The pods that are there now of the given releases: one query for all regions of a deployment. */
export async function listPods(
  reader: Tx,
  tenantId: string,
  releases: readonly { clusterId: string; namespace: string; releaseName: string }[],
): Promise<ObservedPod[]> {
  if (releases.length === 0) return [];
  const rows = await reader.observedObject.findMany({
    where: {
      tenantId,
      resource: 'pods',
      deletedAt: null,
      OR: releases.map(({ clusterId, namespace, releaseName }) => ({ clusterId, namespace, release: releaseName })),
    },
    select: { clusterId: true, namespace: true, release: true, view: true },
    orderBy: { name: 'asc' },
    take: 500,
  });
  return rows.flatMap(({ view, ...place }) => {
    const pod = podView.safeParse(view);
    return pod.success ? [{ ...pod.data, ...place }] : [];
  });
}

/** The steps that the canaries of a deployment came to, by target deployment. */
export async function listProgress(
  reader: Tx,
  tenantId: string,
  deploymentId: string,
): Promise<{ targetDeploymentId: string; progress: CanaryProgress[] }[]> {
  const rows = await reader.targetDeployment.findMany({ where: { tenantId, deploymentId }, select: { id: true, progress: true } });
  return rows.map(({ id, progress }) => ({ targetDeploymentId: id, progress: z.array(canaryProgress).parse(progress) }));
}

export interface RenderedRow {
  targetId: string;
  manifest: string;
  manifestHash: string;
  previous: string;
}

/** What Helm would apply in each target, beside what runs there. */
export function listRenderedManifests(reader: Tx, tenantId: string, deploymentId: string): Promise<RenderedRow[]> {
  return reader.renderedManifest.findMany({
    where: { tenantId, deploymentId },
    select: { targetId: true, manifest: true, manifestHash: true, previous: true },
    orderBy: { targetId: 'asc' },
  });
}

export interface ActionRow {
  id: string;
  kind: string;
  state: string;
  requestedBy: string | null;
  targetDeploymentId: string | null;
  reason: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

const told = z.object({ reason: z.string().optional(), trouble: z.string().optional() });

/** What was done, or is still to be done, to engines for this deployment, oldest first; at most 500. */
export async function listActionsOf(reader: Tx, tenantId: string, deploymentId: string): Promise<ActionRow[]> {
  const rows = await reader.engineAction.findMany({
    where: { tenantId, deploymentId },
    select: {
      id: true,
      kind: true,
      state: true,
      requestedBy: true,
      targetDeploymentId: true,
      result: true,
      createdAt: true,
      finishedAt: true,
    },
    orderBy: { createdAt: 'asc' },
    take: 500,
  });
  return rows.map(({ result, ...row }) => {
    const found = told.safeParse(result).data;
    return { ...row, reason: found?.reason ?? found?.trouble ?? null };
  });
}

/** Deployments of the service to the environment that move there now; the database allows at most one. */
export async function listActiveInPlace(
  reader: Tx,
  tenantId: string,
  place: { serviceId: string; environmentId: string },
): Promise<{ id: string; state: string; requestedBy: string | null }[]> {
  return reader.deployment.findMany({
    where: { tenantId, ...place, state: { in: ['deploying', 'baking', 'paused', 'rollingBack'] } },
    select: { id: true, state: true, requestedBy: true },
    take: 10,
  });
}

/** The artifact that was healthy in this place before the given deployment and is in no quarantine, or null when there is none. */
export async function findPreviousArtifact(
  reader: Tx,
  tenantId: string,
  place: { serviceId: string; environmentId: string; before: Date; notArtifactId: string },
): Promise<{ artifactId: string; version: string; deploymentId: string } | null> {
  const rows = await reader.$queryRaw`
    SELECT d.id AS "deploymentId", a.id AS "artifactId", a.version FROM deployment d
    JOIN artifact a ON a.tenant_id = d.tenant_id AND a.id = d.artifact_id
    WHERE d.tenant_id = ${tenantId} AND d.service_id = ${place.serviceId} AND d.environment_id = ${place.environmentId}
      AND d.state = 'succeeded' AND d.created_at < ${place.before}
      AND a.digest <> (SELECT digest FROM artifact WHERE tenant_id = ${tenantId} AND id = ${place.notArtifactId})
      AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.tenant_id = d.tenant_id AND q.open_digest = a.digest)
    ORDER BY d.created_at DESC, d.id DESC LIMIT 1`;
  return z.array(previousArtifact).parse(rows)[0] ?? null;
}

/**
 * Whether a deployment of this artifact, or of another with the same digest, has succeeded in this place; of some targets, whether it was healthy in each of them
 * and was not taken back.
 */
export async function wasHealthyInPlace(
  reader: Tx,
  tenantId: string,
  {
    serviceId,
    environmentId,
    digest,
    targetIds,
  }: { serviceId: string; environmentId: string; digest: string; targetIds: readonly string[] | null },
): Promise<boolean> {
  const ofIt = { tenantId, serviceId, environmentId, artifact: { digest } };
  if (targetIds === null)
    return (await reader.deployment.findFirst({ where: { ...ofIt, state: 'succeeded' }, select: { id: true } })) !== null;
  for (const targetId of targetIds) {
    const there = { ...ofIt, targets: { some: { targetId, state: 'healthy' } } };
    if ((await reader.deployment.findFirst({ where: there, select: { id: true } })) === null) return false;
  }
  return true;
}

const previousArtifact = z.object({ deploymentId: z.string(), artifactId: z.string(), version: z.string() });

/** The newest deployment of a service to an environment. */
export interface NewestDeployment {
  id: string;
  serviceId: string;
  environmentId: string;
  state: DeploymentState;
  version: string;
}

/** The newest deployment of each of the services to each environment: one look into the index for each place, however long the history is. */
export async function listNewestDeployments(reader: Tx, tenantId: string, serviceIds: readonly string[]): Promise<NewestDeployment[]> {
  if (serviceIds.length === 0) return [];
  const rows = await reader.$queryRaw<unknown[]>`
    SELECT newest.id, newest.service_id AS "serviceId", newest.environment_id AS "environmentId", newest.state, artifact.version
    FROM unnest(${[...serviceIds]}::text[]) AS wanted(service_id)
    JOIN environment e ON e.tenant_id = ${tenantId} AND e.archived_at IS NULL
    CROSS JOIN LATERAL (
      SELECT d.id, d.service_id, d.environment_id, d.state, d.artifact_id FROM deployment d
      WHERE d.tenant_id = ${tenantId} AND d.service_id = wanted.service_id AND d.environment_id = e.id
      ORDER BY d.created_at DESC, d.id DESC LIMIT 1
    ) newest
    JOIN artifact ON artifact.tenant_id = ${tenantId} AND artifact.id = newest.artifact_id`;
  return z.array(newestDeployment).parse(rows);
}

const newestDeployment = z.object({
  id: z.string(),
  serviceId: z.string(),
  environmentId: z.string(),
  state: deploymentState,
  version: z.string(),
});

/** Whether a younger deployment has succeeded in the same place. */
export async function hasNewerSuccess(
  reader: Tx,
  tenantId: string,
  place: { serviceId: string; environmentId: string; after: Date },
): Promise<boolean> {
  const row = await reader.deployment.findFirst({
    where: { tenantId, serviceId: place.serviceId, environmentId: place.environmentId, state: 'succeeded', createdAt: { gt: place.after } },
    select: { id: true },
  });
  return row !== null;
}

/** What deployments are called, by id: "Checkout to Production". */
export async function findDeploymentTitles(reader: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await reader.deployment.findMany({
    where: { tenantId, id: { in: [...ids] } },
    select: { id: true, service: { select: { name: true } }, environment: { select: { name: true } } },
  });
  return new Map(rows.map(({ id, service, environment }) => [id, `${service.name} to ${environment.name}`]));
}

/** How many deployments to the environment have not ended. */
export function countOpenDeployments(reader: Tx, tenantId: string, environmentId: string): Promise<number> {
  return reader.deployment.count({ where: { tenantId, environmentId, state: { notIn: [...terminalDeploymentStates] } } });
}

/** The commit of what runs of the service in the environment; null when nothing does. */
export async function findRunningCommit(
  reader: Tx,
  tenantId: string,
  place: { serviceId: string; environmentId: string },
): Promise<string | null> {
  const running = await reader.runningVersion.findFirst({ where: { tenantId, ...place }, orderBy: { since: 'asc' } });
  if (running === null) return null;
  const artifact = await reader.artifact.findUnique({
    where: { tenantId_id: { tenantId, id: running.artifactId } },
    select: { commitSha: true },
  });
  return artifact?.commitSha ?? null;
}

const replacement = z.object({ id: z.string(), at: z.date() });

/** When another deployment succeeded after each of the given ones in the same place; those that stand are left out. */
export async function findReplacements(reader: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, Date>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.$queryRaw`
    SELECT d.id, next.finished_at AS at FROM deployment d
    CROSS JOIN LATERAL (
      SELECT n.finished_at FROM deployment n
      WHERE n.tenant_id = d.tenant_id AND n.service_id = d.service_id AND n.environment_id = d.environment_id
        AND n.state = 'succeeded' AND n.created_at > d.created_at AND n.artifact_id <> d.artifact_id AND n.finished_at IS NOT NULL
      ORDER BY n.created_at LIMIT 1
    ) next
    WHERE d.tenant_id = ${tenantId} AND d.id = ANY(${[...ids]}::text[])`;
  return new Map(
    z
      .array(replacement)
      .parse(rows)
      .map(({ id, at }) => [id, at]),
  );
}
