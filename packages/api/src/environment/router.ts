import { progression, strategy } from '@flow/core/deployment';
import { environmentKind, findEnvironmentBySlug, layerValues, listEnvironments } from '@flow/db/catalog';
import { listClusters } from '@flow/db/cluster';
import {
  archiveEnvironment,
  archiveEnvironmentInput,
  createEnvironment,
  createEnvironmentInput,
  editEnvironment,
  editEnvironmentInput,
} from '@flow/operations/catalog';
import { notFound } from '@flow/operations/context';
import { z } from 'zod';
import { done, inTenant, instant, router, tenantProcedure } from '../trpc/index.ts';

const environmentRow = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  kind: environmentKind,
  position: z.number(),
  requiredApprovals: z.number(),
  bakeTimeSeconds: z.number(),
  targets: z.array(z.object({ id: z.string(), region: z.string(), clusterId: z.string(), clusterName: z.string(), namespace: z.string() })),
});

const environmentDetail = environmentRow.extend({
  waves: z.array(z.array(z.string())),
  strategy,
  progression,
  values: layerValues,
  version: z.number(),
  archivedAt: instant.nullable(),
});

export const environmentRouter = router({
  /** The tenant's environments along the promotion path. */
  list: tenantProcedure
    .meta({ policy: { right: 'environment:read' } })
    .input(inTenant({}))
    .output(z.array(environmentRow))
    .query(({ ctx }) => listEnvironments(ctx.reader, ctx.tenant.id)),

  get: tenantProcedure
    .meta({ policy: { right: 'environment:read' } })
    .input(inTenant({ environment: z.string().min(1).max(64) }))
    .output(environmentDetail)
    .query(async ({ ctx, input }) => {
      const environment = await findEnvironmentBySlug(ctx.reader, ctx.tenant.id, input.environment);
      if (environment === null) throw notFound('environment');
      return environment;
    }),

  create: tenantProcedure
    .meta({ policy: { right: 'environment:manage' } })
    .input(inTenant(createEnvironmentInput.shape))
    .output(z.object({ environmentId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => createEnvironment(ctx.operation, input)),

  edit: tenantProcedure
    .meta({ policy: { right: 'environment:manage' } })
    .input(inTenant(editEnvironmentInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await editEnvironment(ctx.operation, input);
      return { ok: true };
    }),

  archive: tenantProcedure
    .meta({ policy: { right: 'environment:manage' } })
    .input(inTenant(archiveEnvironmentInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { environmentId } }) => {
      await archiveEnvironment(ctx.operation, { environmentId });
      return { ok: true };
    }),

  /** The clusters that a new environment can be put on. */
  clusters: tenantProcedure
    .meta({ policy: { right: 'environment:manage' } })
    .input(inTenant({}))
    .output(z.array(z.object({ id: z.string(), name: z.string(), region: z.string() })))
    .query(async ({ ctx }) => {
      const clusters = (await listClusters(ctx.reader)).filter((cluster) => cluster.purposes.includes('releases'));
      return clusters.map(({ id, name, region }) => ({ id, name, region }));
    }),
});
