import { terminalDeploymentStates } from '@flow/core/deployment';
import { podView } from '@flow/core/rollout';
import type { PodView } from '@flow/core/rollout';
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
    where: { tenantId, ...place, state: { in: ['deploying', 'baking', 'rollingBack'] } },
    select: { id: true, state: true, requestedBy: true },
    take: 10,
  });
}

/** The artifact that was healthy in this place before the given deployment, or null when that was the first. */
export async function findPreviousArtifact(
  reader: Tx,
  tenantId: string,
  place: { serviceId: string; environmentId: string; before: Date; notArtifactId: string },
): Promise<{ artifactId: string; deploymentId: string } | null> {
  const row = await reader.deployment.findFirst({
    where: {
      tenantId,
      serviceId: place.serviceId,
      environmentId: place.environmentId,
      state: 'succeeded',
      createdAt: { lt: place.before },
      artifactId: { not: place.notArtifactId },
    },
    select: { id: true, artifactId: true },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
  });
  return row === null ? null : { artifactId: row.artifactId, deploymentId: row.id };
}

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

/** How many deployments to the environment have not ended. */
export function countOpenDeployments(reader: Tx, tenantId: string, environmentId: string): Promise<number> {
  return reader.deployment.count({ where: { tenantId, environmentId, state: { notIn: [...terminalDeploymentStates] } } });
}
