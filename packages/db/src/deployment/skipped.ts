import { clusterHealth } from '@flow/core/cluster';
import { deploymentState, terminalDeploymentStates } from '@flow/core/deployment';
import type { CatchUpFacts } from '@flow/core/deployment';
import type { Tx } from '../client/index.ts';

/** A region that a deployment has skipped and that waits to be caught up, with what that depends on. */
export interface SkippedRegion {
  deploymentId: string;
  serviceId: string;
  environmentId: string;
  artifactId: string;
  targetId: string;
  region: string;
  facts: CatchUpFacts;
}

/** A region that waits to be caught up; null when it does not, or not any more. */
export async function findSkipped(reader: Tx, tenantId: string, id: string): Promise<SkippedRegion | null> {
  const row = await reader.targetDeployment.findUnique({
    where: { tenantId_id: { tenantId, id }, catchUp: 'waiting' },
    select: {
      deploymentId: true,
      targetId: true,
      region: true,
      target: { select: { cluster: { select: { health: true } } } },
      deployment: {
        select: {
          serviceId: true,
          environmentId: true,
          artifactId: true,
          state: true,
          createdAt: true,
          artifact: { select: { digest: true } },
          service: { select: { archivedAt: true } },
          environment: { select: { archivedAt: true } },
        },
      },
    },
  });
  if (row === null) return null;
  const { deployment, target, deploymentId, targetId, region } = row;
  const { serviceId, environmentId, artifactId } = deployment;
  const others = { tenantId, serviceId, environmentId, id: { not: deploymentId } };
  const [running, open, later] = await Promise.all([
    reader.runningVersion.findUnique({
      where: { tenantId_serviceId_targetId: { tenantId, serviceId, targetId } },
      select: { digest: true },
    }),
    reader.deployment.findFirst({ where: { ...others, state: { notIn: [...terminalDeploymentStates] } }, select: { id: true } }),
    // Also one that has skipped the region itself: what it brings there, or has left there, is newer than this. And where somebody goes back from what has skipped
    // it, in whatever regions, it is brought nowhere any more.
    reader.deployment.findFirst({
      where: {
        ...others,
        createdAt: { gt: deployment.createdAt },
        OR: [
          { state: 'succeeded', targets: { some: { targetId } } },
          { kind: 'rollback', state: { notIn: ['cancelled', 'rejected', 'expired'] } },
        ],
      },
      select: { id: true },
    }),
  ]);
  const facts: CatchUpFacts = {
    deployment: deploymentState.parse(deployment.state),
    isPlaceOpen: deployment.service.archivedAt === null && deployment.environment.archivedAt === null,
    isReachable: clusterHealth.parse(target.cluster.health) !== 'unreachable',
    isThere: running?.digest === deployment.artifact.digest,
    isOtherOpen: open !== null,
    isOvertaken: later !== null,
  };
  return { deploymentId, serviceId, environmentId, artifactId, targetId, region, facts };
}

/** The manifest that Flow applied last in a target of a service; empty where it has none. */
export async function findAppliedManifest(
  reader: Tx,
  tenantId: string,
  { serviceId, targetId }: { serviceId: string; targetId: string },
): Promise<string> {
  const running = await reader.runningVersion.findUnique({ where: { tenantId_serviceId_targetId: { tenantId, serviceId, targetId } } });
  if (running === null) return '';
  const { deploymentId } = running;
  const rendered = await reader.renderedManifest.findUnique({
    where: { tenantId_deploymentId_targetId: { tenantId, deploymentId, targetId } },
  });
  return rendered?.manifest ?? '';
}

/** Ends the wait of a skipped region: with the deployment that catches it up, or without one for a reason. False when it did not wait any more. */
export async function saveCatchUp(
  tx: Tx,
  tenantId: string,
  { id, ...end }: { id: string } & ({ catchUp: 'started'; catchUpId: string } | { catchUp: 'dropped'; reason: string }),
): Promise<boolean> {
  const { count } = await tx.targetDeployment.updateMany({ where: { tenantId, id, catchUp: 'waiting' }, data: end });
  return count === 1;
}

/** A cluster can be reached again: what waits to be caught up is looked at, over all tenants. */
export async function wakeCatchUps(tx: Tx, at: Date): Promise<void> {
  await tx.$executeRaw`UPDATE job SET run_at = LEAST(run_at, ${at}), generation = generation + 1 WHERE kind = 'catchUp' AND dead_at IS NULL`;
}
