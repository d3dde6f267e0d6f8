import { FlowError } from '@flow/core/fault';
import { clusterCapabilities, clusterHealth, findCluster, listClusters, listClustersOfTenant } from '@flow/db/cluster';
import { parseKubeconfig } from '@flow/delivery/kubeconfig';
import { registerCluster, registerClusterInput, testCluster, testClusterInput } from '@flow/operations/cluster';
import { notFound } from '@flow/operations/context';
import { z } from 'zod';
import { done, id, inTenant, instant, platformProcedure, router, tenantProcedure } from '../trpc/index.ts';

/** A cluster as people may see it: never anything of its credential. */
const clusterRow = z.object({
  id: z.string(),
  name: z.string(),
  region: z.string(),
  health: clusterHealth,
  healthReason: z.string().nullable(),
  checkedAt: instant.nullable(),
  capabilities: z.object(clusterCapabilities.shape),
});
const clusterDetail = clusterRow.extend({ server: z.string(), createdAt: instant });

const registration = z.strictObject({
  name: registerClusterInput.shape.name,
  region: registerClusterInput.shape.region,
  /** A kubeconfig; whatever in it would run or read something is refused by name. */
  kubeconfig: z.string().min(1).max(200_000),
  /** Which of its contexts; its current one unless given. */
  context: z.string().min(1).max(200).optional(),
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

  getAny: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(z.strictObject({ clusterId: id }))
    .output(clusterDetail)
    .query(async ({ ctx, input }) => {
      const cluster = await findCluster(ctx.services.db.prisma, input.clusterId);
      if (cluster === null) throw notFound('cluster');
      return cluster;
    }),

  register: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(registration)
    .output(z.object({ clusterId: z.string() }))
    .mutation(({ ctx, input: { kubeconfig, context, ...named } }) => {
      const parsed = parseKubeconfig(kubeconfig, context);
      if (!parsed.ok)
        throw new FlowError({
          code: 'invalid',
          message: 'This kubeconfig cannot be used',
          fields: parsed.faults.map((fault) => ({ ...fault, path: `kubeconfig.${fault.path}` })),
        });
      return registerCluster(ctx.operationIn(), { ...named, connection: parsed.connection }, ctx.services.sealer);
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
