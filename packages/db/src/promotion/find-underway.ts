import { deploymentState, terminalDeploymentStates } from '@flow/core/deployment';
import type { DeploymentState } from '@flow/core/deployment';
import type { Underway } from '@flow/core/promotion';
import type { Tx } from '../client/index.ts';
import { findNames } from '../person/index.ts';

interface Place {
  serviceId: string;
  environmentId: string;
}

/** Deployments of the service to the environment that have not ended. */
export async function listUnderway(reader: Tx, tenantId: string, { serviceId, environmentId }: Place): Promise<Underway[]> {
  const rows = await reader.deployment.findMany({
    where: { tenantId, serviceId, environmentId, state: { notIn: [...terminalDeploymentStates] } },
    select: { state: true, invoker: true, requestedBy: true, artifact: { select: { version: true, createdAt: true } } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: 50,
  });
  const names = await findNames(
    reader,
    rows.map(({ requestedBy }) => requestedBy),
  );
  return rows.map(({ state, invoker, requestedBy, artifact }) => ({
    version: artifact.version,
    builtAt: artifact.createdAt,
    hasBegun: !['preparing', 'awaitingApproval', 'held'].includes(state),
    askedByName: invoker === 'automation' ? null : (names.get(requestedBy ?? '') ?? 'somebody'),
  }));
}

/** Of the given artifacts those that were asked for in the environment before, with what became of the newest of those deployments. */
export async function findTried(
  reader: Tx,
  tenantId: string,
  { serviceId, environmentId, artifactIds }: Place & { artifactIds: readonly string[] },
): Promise<Map<string, DeploymentState>> {
  if (artifactIds.length === 0) return new Map();
  const rows = await reader.deployment.findMany({
    where: { tenantId, serviceId, environmentId, artifactId: { in: [...artifactIds] } },
    select: { artifactId: true, state: true },
    distinct: ['artifactId'],
    orderBy: [{ artifactId: 'asc' }, { createdAt: 'desc' }, { id: 'desc' }],
    take: 50,
  });
  return new Map(rows.map(({ artifactId, state }) => [artifactId, deploymentState.parse(state)]));
}
