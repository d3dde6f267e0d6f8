import { findArtifact, listArtifacts } from '@flow/db/artifact';
import { findEnvironmentNames, listRunningVersions } from '@flow/db/catalog';
import { listDeployments } from '@flow/db/deployment';
import { notFound } from '@flow/operations/context';
import { z } from 'zod';
import { id, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';

const artifactRow = z.object({
  id: z.string(),
  serviceId: z.string(),
  serviceSlug: z.string(),
  serviceName: z.string(),
  runId: z.string().nullable(),
  runNumber: z.number().nullable(),
  kind: z.string(),
  version: z.string(),
  digest: z.string(),
  commitSha: z.string(),
  commitMessage: z.string(),
  commitAuthor: z.string(),
  createdAt: instant,
});

const artifactDetail = artifactRow.extend({
  repository: z.string(),
  chartVersion: z.string(),
  /** Where it runs now. */
  running: z.array(
    z.object({
      environmentId: z.string(),
      environmentSlug: z.string(),
      environmentName: z.string(),
      region: z.string(),
      deploymentId: z.string(),
      since: instant,
    }),
  ),
  deployments: z.array(
    z.object({ id: z.string(), state: z.string(), environmentSlug: z.string(), environmentName: z.string(), createdAt: instant }),
  ),
});

export const artifactRouter = router({
  list: tenantProcedure
    .meta({ policy: { right: 'artifact:read' } })
    .input(inTenant({ ...pageFields, serviceId: id.optional() }))
    .output(pageOf(artifactRow))
    .query(({ ctx, input: { cursor, limit, serviceId } }) => listArtifacts(ctx.reader, ctx.tenant.id, { cursor, limit, serviceId })),

  get: tenantProcedure
    .meta({ policy: { right: 'artifact:read' } })
    .input(inTenant({ artifactId: id }))
    .output(artifactDetail)
    .query(async ({ ctx, input }) => {
      const artifact = await findArtifact(ctx.reader, ctx.tenant.id, input.artifactId);
      if (artifact === null) throw notFound('artifact');
      const [versions, environments, deployments] = await Promise.all([
        listRunningVersions(ctx.reader, ctx.tenant.id, [artifact.serviceId]),
        findEnvironmentNames(ctx.reader, ctx.tenant.id),
        listDeployments(ctx.reader, ctx.tenant.id, { limit: 50, filter: { serviceId: artifact.serviceId, artifactId: artifact.id } }),
      ]);
      const running = versions
        .filter((one) => one.artifactId === artifact.id)
        .map((one) => ({
          ...one,
          environmentSlug: environments.get(one.environmentId)?.slug ?? '',
          environmentName: environments.get(one.environmentId)?.name ?? '',
        }));
      return { ...artifact, running, deployments: deployments.items };
    }),
});
