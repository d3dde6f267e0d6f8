import type { DeploymentRow } from '@flow/db/deployment';
import { hasNewerSuccess, listDeployments } from '@flow/db/deployment';
import { listApprovals } from '@flow/db/approval';
import { clusterHealth } from '@flow/core/cluster';
import { listClustersOfTenant } from '@flow/db/cluster';
import { findNames } from '@flow/db/person';
import { hasNewerGoodRun, listRuns } from '@flow/db/run';
import { z } from 'zod';
import { presentApprovals } from '../approval/present.ts';
import { approvalItem } from '../approval/schemas.ts';
import { deploymentRow } from '../deployment/schemas.ts';
import { runRow } from '../run/router.ts';
import { inTenant, router, tenantProcedure } from '../trpc/index.ts';
import type { TenantContext } from '../trpc/index.ts';

const rowsMax = 30;
const brokenForMs = 7 * 24 * 60 * 60 * 1_000;

const unwellCluster = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  health: clusterHealth,
  healthReason: z.string().nullable(),
});

export const homeRouter = router({
  /** What waits for me, what moves, what is held, what is broken. */
  get: tenantProcedure
    .meta({ policy: { right: 'deployment:read' } })
    .input(inTenant({}))
    .output(
      z.object({
        waitingForMe: z.array(approvalItem),
        moving: z.object({ deployments: z.array(deploymentRow), runs: z.array(runRow) }),
        held: z.array(deploymentRow),
        broken: z.object({ deployments: z.array(deploymentRow), runs: z.array(runRow), clusters: z.array(unwellCluster) }),
      }),
    )
    .query(async ({ ctx }) => {
      const [waitingForMe, deployments, runs, clusters] = await Promise.all([
        waiting(ctx),
        listMovingAndBroken(ctx),
        listRunsNow(ctx),
        listClustersOfTenant(ctx.reader, ctx.tenant.id),
      ]);
      return {
        waitingForMe,
        moving: { deployments: deployments.moving, runs: runs.moving },
        held: deployments.held,
        broken: {
          deployments: deployments.broken,
          // Of a run that failed with its deployment, the deployment tells.
          runs: runs.broken.filter((run) => !deployments.broken.some(({ runId }) => runId === run.id)),
          clusters: clusters.filter((cluster) => cluster.health === 'degraded' || cluster.health === 'unreachable'),
        },
      };
    }),
});

async function waiting(ctx: TenantContext): Promise<z.input<typeof approvalItem>[]> {
  const { items } = await listApprovals(ctx.reader, ctx.tenant.id, { limit: rowsMax, states: ['pending'] });
  return (await presentApprovals(ctx, items)).filter((item) =>
    item.abilities.some((ability) => ability.action === 'approve' && ability.allowed),
  );
}

type NamedRow = DeploymentRow & { requestedByName: string | null };

async function listMovingAndBroken(ctx: TenantContext): Promise<{ moving: NamedRow[]; held: NamedRow[]; broken: NamedRow[] }> {
  const { reader, tenant } = ctx;
  const createdAfter = new Date(ctx.operation.now.getTime() - brokenForMs);
  const [moving, held, ended] = await Promise.all([
    listDeployments(reader, tenant.id, {
      limit: rowsMax,
      filter: { states: ['preparing', 'deploying', 'baking', 'paused', 'rollingBack'] },
    }),
    listDeployments(reader, tenant.id, { limit: rowsMax, filter: { states: ['held', 'awaitingApproval'] } }),
    listDeployments(reader, tenant.id, { limit: rowsMax, filter: { states: ['failed', 'rolledBack'], createdAfter } }),
  ]);
  const isMended = await Promise.all(
    ended.items.map((row) =>
      hasNewerSuccess(reader, tenant.id, { serviceId: row.serviceId, environmentId: row.environmentId, after: row.createdAt }),
    ),
  );
  const broken = ended.items.filter((_, index) => isMended[index] !== true);
  const names = await findNames(
    reader,
    [...moving.items, ...held.items, ...broken].map((row) => row.requestedBy),
  );
  const named = (rows: readonly DeploymentRow[]): NamedRow[] =>
    rows.map((row) => ({ ...row, requestedByName: names.get(row.requestedBy ?? '') ?? null }));
  return { moving: named(moving.items), held: named(held.items), broken: named(broken) };
}

async function listRunsNow(ctx: TenantContext): Promise<{ moving: z.input<typeof runRow>[]; broken: z.input<typeof runRow>[] }> {
  const [moving, ended] = await Promise.all([
    listRuns(ctx.reader, ctx.tenant.id, { limit: rowsMax, filter: { states: ['queued', 'running', 'waiting'] } }),
    listRuns(ctx.reader, ctx.tenant.id, { limit: rowsMax, filter: { states: ['failed', 'errored'] } }),
  ]);
  const since = ctx.operation.now.getTime() - brokenForMs;
  const recent = ended.items.filter((run) => run.createdAt.getTime() > since);
  const isMended = await Promise.all(
    recent.map(({ serviceId, branch, createdAt }) => hasNewerGoodRun(ctx.reader, ctx.tenant.id, { serviceId, branch, after: createdAt })),
  );
  return { moving: moving.items, broken: recent.filter((_, index) => isMended[index] !== true) };
}
