import { findArtifact, listArtifacts } from '@flow/db/artifact';
import { findEnvironmentNames, listRunningVersions } from '@flow/db/catalog';
import { findReplacements, listDeployments } from '@flow/db/deployment';
import type { DeploymentRow } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import { findPolicyTitles } from '@flow/db/policy';
import { listQuarantines, listRunningDigest } from '@flow/db/promotion';
import { notFound } from '@flow/operations/context';
import { quarantineArtifact, quarantineInput, releaseQuarantine, releaseQuarantineInput } from '@flow/operations/promotion';
import { z } from 'zod';
import { done, id, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';
import type { TenantContext } from '../trpc/index.ts';

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

const quarantine = z.object({
  id: z.string(),
  reason: z.string(),
  placedByName: z.string(),
  placedAt: instant,
  releasedByName: z.string().nullable(),
  releasedAt: instant.nullable(),
  releaseReason: z.string().nullable(),
});

const artifactDetail = artifactRow.extend({
  /** Every quarantine that its digest was in, newest first; the first one is open while nobody has released it. */
  quarantines: z.array(quarantine),
  /** Where the digest runs, in any service. */
  runningDigest: z.array(
    z.object({
      serviceId: z.string(),
      serviceSlug: z.string(),
      serviceName: z.string(),
      environmentName: z.string(),
      region: z.string(),
      version: z.string(),
      deploymentId: z.string(),
      since: instant,
    }),
  ),
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
    z.object({
      id: z.string(),
      kind: z.string(),
      state: z.string(),
      environmentSlug: z.string(),
      environmentName: z.string(),
      /** Who asked for it; null for Flow itself. */
      requestedByName: z.string().nullable(),
      /** The promotion rule by which Flow asked for it. */
      promotionRuleTitle: z.string().nullable(),
      createdAt: instant,
      finishedAt: instant.nullable(),
      /** When another version took its place there; null while none has, and where it never ran. */
      replacedAt: instant.nullable(),
    }),
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
      const [versions, environments, deployments, quarantines, runningDigest] = await Promise.all([
        listRunningVersions(ctx.reader, ctx.tenant.id, [artifact.serviceId]),
        findEnvironmentNames(ctx.reader, ctx.tenant.id),
        listDeployments(ctx.reader, ctx.tenant.id, { limit: 50, filter: { serviceId: artifact.serviceId, artifactId: artifact.id } }),
        listQuarantines(ctx.reader, ctx.tenant.id, artifact.digest),
        listRunningDigest(ctx.reader, ctx.tenant.id, artifact.digest),
      ]);
      const running = versions
        .filter((one) => one.artifactId === artifact.id)
        .map((one) => ({
          ...one,
          environmentSlug: environments.get(one.environmentId)?.slug ?? '',
          environmentName: environments.get(one.environmentId)?.name ?? '',
        }));
      return { ...artifact, running, quarantines, runningDigest, deployments: await tellDeployments(ctx, deployments.items) };
    }),

  /** Nothing deploys its digest any more, in any service, environment and region. */
  quarantine: tenantProcedure
    .meta({ policy: { right: 'artifact:quarantine' } })
    .input(inTenant(quarantineInput.shape))
    .output(z.object({ quarantineId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => quarantineArtifact(ctx.operation, input)),

  release: tenantProcedure
    .meta({ policy: { right: 'artifact:release' } })
    .input(inTenant(releaseQuarantineInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await releaseQuarantine(ctx.operation, input);
      return { ok: true };
    }),
});

async function tellDeployments(
  { reader, tenant }: TenantContext,
  rows: readonly DeploymentRow[],
): Promise<z.input<typeof artifactDetail>['deployments']> {
  const [names, titles, replacedAt] = await Promise.all([
    findNames(
      reader,
      rows.map((row) => row.requestedBy),
    ),
    findPolicyTitles(
      reader,
      tenant.id,
      rows.flatMap((row) => row.promotionRuleId ?? []),
    ),
    findReplacements(
      reader,
      tenant.id,
      rows.filter((row) => row.state === 'succeeded').map((row) => row.id),
    ),
  ]);
  return rows.map((row) => ({
    ...row,
    requestedByName: names.get(row.requestedBy ?? '') ?? null,
    promotionRuleTitle: titles.get(row.promotionRuleId ?? '') ?? null,
    replacedAt: replacedAt.get(row.id) ?? null,
  }));
}
