import { actionState } from '../action/index.ts';
import type { Database } from '../client/index.ts';
import type { Prisma } from '../generated/client.ts';

const included = {
  targets: {
    orderBy: [{ wave: 'asc' }, { region: 'asc' }],
    include: { target: { select: { cluster: { select: { health: true, healthSince: true } } } } },
  },
  approval: { include: { votes: true } },
  service: true,
  environment: { include: { targets: true } },
  artifact: true,
  repeats: { select: { snapshot: true } },
} as const satisfies Prisma.DeploymentInclude;

export type LoadedDeployment = Prisma.DeploymentGetPayload<{ include: typeof included }>;

/** An action of this deployment, with its result still to be parsed by its kind. */
export interface LoadedAction {
  id: string;
  key: string;
  kind: string;
  state: 'intended' | 'done' | 'refused' | 'failed';
  targetDeploymentId: string | null;
  requestedBy: string | null;
  /** How often it was begun: more than 0 after a crash in the middle. */
  attempts: number;
  target: unknown;
  result: unknown;
  finishedAt: Date | null;
}

export interface DeploymentForDecision {
  deployment: LoadedDeployment;
  actions: readonly LoadedAction[];
  /** Youngest deployment of the same service to the same environment, to at least one of the same regions, that was asked for after this one. */
  newerDeploymentId: string | null;
  /** Newest view of each target's Rollout, by cluster, namespace and release; still to be parsed. */
  rollouts: ReadonlyMap<string, unknown>;
  /** Names of the people who asked for something here, by id. */
  names: ReadonlyMap<string, string>;
}

/** Names a release over all clusters. */
export function releaseKey(target: { clusterId: string; namespace: string; releaseName: string }): string {
  return `${target.clusterId}/${target.namespace}/${target.releaseName}`;
}

/** Everything that the machine of one deployment looks at, in a handful of queries by key; undefined when it is not there. */
export async function loadForDecision(db: Database, tenantId: string, id: string): Promise<DeploymentForDecision | undefined> {
  const deployment = await db.prisma.deployment.findUnique({ where: { tenantId_id: { tenantId, id } }, include: included });
  if (deployment === null) return undefined;
  const place = { tenantId, serviceId: deployment.serviceId, environmentId: deployment.environmentId };
  const [actions, observed, newer] = await Promise.all([
    db.prisma.engineAction.findMany({ where: { tenantId, deploymentId: id }, orderBy: { createdAt: 'asc' } }),
    db.prisma.observedObject.findMany({
      where: {
        tenantId,
        resource: 'rollouts',
        deletedAt: null,
        OR: deployment.targets.map(({ clusterId, namespace, releaseName }) => ({ clusterId, namespace, name: releaseName })),
      },
      select: { clusterId: true, namespace: true, name: true, view: true },
    }),
    db.prisma.deployment.findFirst({
      where: {
        ...place,
        createdAt: { gt: deployment.createdAt },
        state: { notIn: ['failed', 'cancelled'] },
        // One that goes to other regions takes nothing over.
        targets: { some: { targetId: { in: deployment.targets.map(({ targetId }) => targetId) } } },
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      select: { id: true },
    }),
  ]);
  const people = [deployment.requestedActionBy, deployment.requestedBy, ...actions.map((row) => row.requestedBy)].filter(
    (person) => person !== null,
  );
  const users = await db.prisma.user.findMany({ where: { id: { in: [...new Set(people)] } }, select: { id: true, name: true } });
  const names = new Map(users.map((user) => [user.id, user.name]));
  return {
    deployment,
    actions: actions.map((action) => ({ ...action, state: actionState.parse(action.state) })),
    rollouts: new Map(observed.map((row) => [releaseKey({ ...row, releaseName: row.name }), row.view])),
    newerDeploymentId: newer?.id ?? null,
    names,
  };
}
