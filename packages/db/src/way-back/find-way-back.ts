import { clusterHealth } from '@flow/core/cluster';
import type { ClusterHealth } from '@flow/core/cluster';
import { strategy } from '@flow/core/deployment';
import type { Strategy } from '@flow/core/deployment';
import { wayBackLight, whileUnreachable } from '@flow/core/way-back';
import type { WayBackLight } from '@flow/core/way-back';
import type { Tx } from '../client/index.ts';
import type { LoadedDeployment } from '../deployment/index.ts';
import { findRegionsBehind } from './find-regions-behind.ts';

/** Names what runs of a service in a region. */
export interface WayBackPlace {
  serviceId: string;
  targetId: string;
}

/** What the way back of a service in a target depends on, as far as the database knows it. */
export interface WayBackSubject {
  environmentId: string;
  strategy: Strategy;
  service: LoadedDeployment['service'];
  environment: LoadedDeployment['environment'];
  target: LoadedDeployment['environment']['targets'][number];
  cluster: { name: string; health: ClusterHealth };
  running: {
    deploymentId: string;
    version: string;
    /** What was applied; null when that is not kept. */
    manifest: string | null;
  };
  /** What a rollback brings back: the deployment that was healthy with it, and its artifact. */
  previous: { deploymentId: string; artifact: LoadedDeployment['artifact'] } | null;
  /** Without a previous one: there are others, and all of them are in quarantine. */
  isInQuarantine: boolean;
}

/** What runs of a service in a target, and what a rollback would bring back; null when nothing runs there, or the place is archived. */
export async function findWayBackSubject(reader: Tx, tenantId: string, place: WayBackPlace): Promise<WayBackSubject | null> {
  const { serviceId, targetId } = place;
  const running = await reader.runningVersion.findUnique({ where: { tenantId_serviceId_targetId: { tenantId, ...place } } });
  if (running === null) return null;
  const { environmentId, deploymentId, version } = running;
  const [service, environment, deployment, rendered] = await Promise.all([
    reader.service.findUnique({ where: { tenantId_id: { tenantId, id: serviceId }, archivedAt: null } }),
    reader.environment.findUnique({
      where: { tenantId_id: { tenantId, id: environmentId }, archivedAt: null },
      include: { targets: true },
    }),
    reader.deployment.findUnique({
      where: { tenantId_id: { tenantId, id: deploymentId } },
      select: { createdAt: true, artifact: { select: { digest: true } } },
    }),
    reader.renderedManifest.findUnique({ where: { tenantId_deploymentId_targetId: { tenantId, deploymentId, targetId } } }),
  ]);
  const target = environment?.targets.find(({ id }) => id === targetId);
  if (service === null || environment === null || target === undefined || deployment === null) return null;
  const cluster = await reader.cluster.findUniqueOrThrow({ where: { id: target.clusterId }, select: { name: true, health: true } });
  const previous = await findPrevious(reader, tenantId, { deploymentId, targetId });
  return {
    environmentId,
    strategy: strategy.parse(environment.strategy),
    service,
    environment,
    target,
    cluster: { name: cluster.name, health: clusterHealth.parse(cluster.health) },
    running: { deploymentId, version, manifest: rendered?.manifest ?? null },
    previous,
    isInQuarantine:
      previous === null &&
      (await hadOthers(reader, tenantId, { ...place, environmentId, before: deployment.createdAt, digest: deployment.artifact.digest })),
  };
}

async function findPrevious(
  reader: Tx,
  tenantId: string,
  { deploymentId, targetId }: { deploymentId: string; targetId: string },
): Promise<WayBackSubject['previous']> {
  const found = (await findRegionsBehind(reader, tenantId, deploymentId)).find((one) => one.targetId === targetId)?.lastGood;
  if (found === undefined || found === null) return null;
  const artifact = await reader.artifact.findUniqueOrThrow({ where: { tenantId_id: { tenantId, id: found.artifactId } } });
  return { deploymentId: found.deploymentId, artifact };
}

/** Whether another version was healthy in the target before. */
async function hadOthers(
  reader: Tx,
  tenantId: string,
  { serviceId, environmentId, targetId, before, digest }: WayBackPlace & { environmentId: string; before: Date; digest: string },
): Promise<boolean> {
  const earlier = { tenantId, serviceId, environmentId, createdAt: { lt: before } };
  const others = { ...earlier, targets: { some: { targetId, state: 'healthy' } }, artifact: { digest: { not: digest } } };
  return (await reader.deployment.findFirst({ where: others, select: { id: true } })) !== null;
}

/** The light of a service in a target, as it was last looked at. */
export interface WayBackRow extends WayBackPlace {
  /** It holds while this deployment runs there. */
  deploymentId: string;
  light: WayBackLight;
  sentence: string;
  lookedAt: Date;
}

/** The lights of services, or of one deployment in all its regions. A cluster that cannot be reached now is told, however long ago was looked. */
export async function listWayBacks(
  reader: Tx,
  tenantId: string,
  of: { serviceIds: readonly string[] } | { deploymentId: string },
): Promise<WayBackRow[]> {
  const [rows, outOfReach] = await Promise.all([
    reader.wayBack.findMany({
      where: { tenantId, ...('deploymentId' in of ? of : { serviceId: { in: [...of.serviceIds] } }) },
      select: { serviceId: true, targetId: true, deploymentId: true, light: true, sentence: true, lookedAt: true },
    }),
    reader.target.findMany({
      where: { tenantId, cluster: { health: 'unreachable' } },
      select: { id: true, cluster: { select: { name: true } } },
    }),
  ]);
  const lost = new Map(outOfReach.map(({ id, cluster }) => [id, cluster.name]));
  return rows.map((row) => {
    const wayBack = { light: wayBackLight.parse(row.light), sentence: row.sentence };
    const clusterName = lost.get(row.targetId);
    return { ...row, ...(clusterName === undefined ? wayBack : whileUnreachable(wayBack, clusterName)) };
  });
}
