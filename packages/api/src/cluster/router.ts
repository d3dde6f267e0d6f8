import { clusterHealth, clusterPurpose, clusterPurposeSet } from '@flow/core/cluster';
import { clusterCapabilities, findCluster, findClusterUses, listClusters, listClustersOfTenant } from '@flow/db/cluster';
import { accessManifest } from '@flow/delivery/access';
import {
  changePurposes,
  changePurposesInput,
  registerCluster,
  registerClusterInput,
  removeCluster,
  removeClusterInput,
  replaceCredential,
  testCluster,
  testClusterInput,
} from '@flow/operations/cluster';
import { notFound } from '@flow/operations/context';
import { z } from 'zod';
import { done, id, inTenant, instant, platformProcedure, router, tenantProcedure } from '../trpc/index.ts';
import { clusterAccess, readAccess } from './read-access.ts';

/** A cluster as people may see it: never anything of its credential. */
const clusterRow = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  purposes: z.array(clusterPurpose),
  health: clusterHealth,
  healthReason: z.string().nullable(),
  healthSince: instant.nullable(),
  checkedAt: instant.nullable(),
  capabilities: z.object(clusterCapabilities.shape),
});
const clusterDetail = clusterRow.extend({ server: z.string(), createdAt: instant });
const withUses = clusterDetail.extend({
  uses: z.object({
    environments: z.array(z.object({ tenantId: z.string(), tenantName: z.string(), environmentName: z.string() })),
    openRunCount: z.number(),
  }),
});

const registration = z.strictObject({
  name: registerClusterInput.shape.name,
  region: registerClusterInput.shape.region,
  purposes: registerClusterInput.shape.purposes,
  access: clusterAccess,
});

export const clusterRouter = router({
  /** The clusters that this tenant's environments are in. */
  list: tenantProcedure
    .meta({ policy: { right: 'cluster:read' } })
    .input(inTenant({}))
    .output(z.array(clusterRow))
    .query(({ ctx }) => listClustersOfTenant(ctx.reader, ctx.tenant.id)),

  /** One cluster that this tenant's environments are in. */
  get: tenantProcedure
    .meta({ policy: { right: 'cluster:read' } })
    .input(inTenant({ clusterId: id }))
    .output(clusterRow)
    .query(async ({ ctx, input }) => {
      const cluster = (await listClustersOfTenant(ctx.reader, ctx.tenant.id)).find((candidate) => candidate.id === input.clusterId);
      if (cluster === undefined) throw notFound('cluster');
      return cluster;
    }),

  /** Every cluster of the installation. */
  listAll: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .output(z.array(clusterDetail))
    .query(({ ctx }) => listClusters(ctx.services.db.prisma)),

  /** One cluster of the installation, with what uses it. */
  getAny: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(z.strictObject({ clusterId: id }))
    .output(withUses)
    .query(async ({ ctx, input }) => {
      const reader = ctx.services.db.prisma;
      const cluster = await findCluster(reader, input.clusterId);
      if (cluster === null) throw notFound('cluster');
      return { ...cluster, uses: await findClusterUses(reader, cluster.id) };
    }),

  /** The file that gives Flow an account in a cluster, with exactly what it needs there. */
  accessManifest: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(z.strictObject({ purposes: clusterPurposeSet }))
    .output(z.object({ manifest: z.string() }))
    .query(({ input }) => ({ manifest: accessManifest(input.purposes) })),

  register: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(registration)
    .output(z.object({ clusterId: z.string() }))
    .mutation(({ ctx, input: { access, ...named } }) =>
      registerCluster(ctx.operationIn(), { ...named, connection: readAccess(access) }, ctx.services.sealer),
    ),

  replaceCredential: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(z.strictObject({ clusterId: id, access: clusterAccess }))
    .output(done)
    .mutation(async ({ ctx, input: { clusterId, access } }) => {
      await replaceCredential(ctx.operationIn(), { clusterId, connection: readAccess(access) }, ctx.services.sealer);
      return { ok: true };
    }),

  changePurposes: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(changePurposesInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await changePurposes(ctx.operationIn(), input);
      return { ok: true };
    }),

  /** Takes away a cluster that nothing uses. */
  remove: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(removeClusterInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await removeCluster(ctx.operationIn(), input);
      return { ok: true };
    }),

  /** Has a worker test it now; the result shows as its health. */
  test: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(testClusterInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await testCluster(ctx.operationIn(), input);
      return { ok: true };
    }),
});
