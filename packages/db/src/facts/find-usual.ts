import { canaryProgress } from '@flow/core/rollout';
import type { PastApproval, PastTarget } from '@flow/core/foresight';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

const deploymentsMax = 20;
const approvalsMax = 40;

/** The targets of the newest deployments that succeeded in an environment, of one service or of all: how long their parts took. */
export async function listPastTargets(
  reader: Tx,
  tenantId: string,
  place: { environmentId: string; serviceId?: string },
): Promise<PastTarget[]> {
  const rows = await reader.deployment.findMany({
    where: { tenantId, ...place, state: 'succeeded', kind: 'deploy' },
    select: { targets: { select: { startedAt: true, finishedAt: true, progress: true }, where: { state: 'healthy' } } },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: deploymentsMax,
  });
  return rows
    .flatMap(({ targets }) => targets)
    .flatMap(({ startedAt, finishedAt, progress }) =>
      startedAt === null || finishedAt === null
        ? []
        : [{ startedAt, finishedAt, progress: z.array(canaryProgress).catch([]).parse(progress) }],
    );
}

/** The newest requests to an environment that people said yes to: how long that took. */
export async function listPastApprovals(reader: Tx, tenantId: string, environmentId: string): Promise<PastApproval[]> {
  const rows = await reader.approvalRequest.findMany({
    where: { tenantId, state: 'approved', autoReason: '', decidedAt: { not: null }, deployment: { environmentId } },
    select: { createdAt: true, decidedAt: true, deployment: { select: { createdAt: true } } },
    orderBy: { createdAt: 'desc' },
    take: approvalsMax,
  });
  return rows.flatMap(({ createdAt, decidedAt, deployment }) =>
    decidedAt === null ? [] : [{ askedAt: deployment.createdAt, createdAt, decidedAt }],
  );
}

/** How long the deployments of a service to an environment move, in the middle. */
export interface UsualMove {
  serviceId: string;
  environmentId: string;
  ms: number;
  count: number;
}

const moves = z.array(
  z
    .object({ service_id: z.string(), environment_id: z.string(), ms: z.coerce.number(), count: z.coerce.number() })
    .transform(({ service_id: serviceId, environment_id: environmentId, ...move }) => ({ serviceId, environmentId, ...move })),
);

/** The median over what succeeded since then, for each service in each environment. */
export async function findUsualMoves(reader: Tx, tenantId: string, since: Date): Promise<UsualMove[]> {
  const rows = await reader.$queryRaw`
    SELECT service_id, environment_id, count(*) AS count,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at) * 1000) AS ms
    FROM deployment
    WHERE tenant_id = ${tenantId} AND state = 'succeeded' AND created_at >= ${since} AND started_at IS NOT NULL AND finished_at IS NOT NULL
    GROUP BY service_id, environment_id`;
  return moves.parse(rows);
}
