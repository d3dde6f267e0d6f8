import { deploymentState } from '@flow/core/deployment';
import { findServiceBySlug, listEnvironments, listRunningVersions, listServices } from '@flow/db/catalog';
import { chartSource, layerValues, serviceRuntime } from '@flow/db/catalog';
import { listNewestDeployments } from '@flow/db/deployment';
import { countDrift } from '@flow/db/drift';
import { listPins } from '@flow/db/promotion';
import { listWayBacks } from '@flow/db/way-back';
import { createService, createServiceInput, editService, editServiceInput } from '@flow/operations/catalog';
import { notFound } from '@flow/operations/context';
import { z } from 'zod';
import { wayBack } from '../deployment/schemas.ts';
import { driftCount, pin } from '../promotion/schemas.ts';
import { done, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';
import type { TenantContext } from '../trpc/index.ts';

const runningVersion = z.object({
  environmentId: z.string(),
  region: z.string(),
  version: z.string(),
  digest: z.string(),
  artifactId: z.string(),
  deploymentId: z.string(),
  since: instant,
  /** Null as long as nobody has looked since this version runs there. */
  wayBack: wayBack.nullable(),
});
const environmentHead = z.object({ id: z.string(), slug: z.string(), name: z.string(), kind: z.string(), position: z.number() });

const serviceRow = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  tier: z.number(),
  owner: z.string(),
  runtime: serviceRuntime,
  /** What runs, for each environment and region. */
  versions: z.array(runningVersion),
  /** The newest deployment to each environment, whatever became of it. */
  newest: z.array(z.object({ id: z.string(), environmentId: z.string(), state: deploymentState, version: z.string() })),
});

const serviceDetail = serviceRow.extend({
  description: z.string(),
  repositoryUrl: z.string(),
  defaultBranch: z.string(),
  chart: chartSource,
  values: layerValues,
  dependsOn: z.array(z.string()),
  createdAt: instant,
  archivedAt: instant.nullable(),
  /** What people keep at a version: automation waits there. */
  pins: z.array(pin),
  /** Where something runs otherwise than it was deployed. */
  drift: z.array(driftCount),
  /** Rows of the matrix; its cells are `versions`, its columns each row's regions. */
  environments: z.array(environmentHead.extend({ requiredApprovals: z.number(), regions: z.array(z.string()) })),
});

/** What runs where, each with the light of its way back. */
async function listLitVersions(reader: TenantContext['reader'], tenantId: string, serviceIds: readonly string[]) {
  const [versions, waysBack] = await Promise.all([
    listRunningVersions(reader, tenantId, serviceIds),
    listWayBacks(reader, tenantId, { serviceIds }),
  ]);
  const lights = new Map(waysBack.map((one) => [`${one.serviceId}/${one.targetId}/${one.deploymentId}`, one]));
  return versions.map((one) => ({ ...one, wayBack: lights.get(`${one.serviceId}/${one.targetId}/${one.deploymentId}`) ?? null }));
}

export const serviceRouter = router({
  /** Services by slug with what runs of them, and the environments as columns. */
  list: tenantProcedure
    .meta({ policy: { right: 'service:read' } })
    .input(inTenant({ ...pageFields, search: z.string().max(100).default('') }))
    .output(pageOf(serviceRow).extend({ environments: z.array(environmentHead) }))
    .query(async ({ ctx, input }) => {
      const page = await listServices(ctx.reader, ctx.tenant.id, input);
      const serviceIds = page.items.map((service) => service.id);
      const [environments, versions, newest] = await Promise.all([
        listEnvironments(ctx.reader, ctx.tenant.id),
        listLitVersions(ctx.reader, ctx.tenant.id, serviceIds),
        listNewestDeployments(ctx.reader, ctx.tenant.id, serviceIds),
      ]);
      const items = page.items.map((service) => ({
        ...service,
        versions: versions.filter((one) => one.serviceId === service.id),
        newest: newest.filter((one) => one.serviceId === service.id),
      }));
      return { items, nextCursor: page.nextCursor, environments };
    }),

  /** One service by its slug, with the matrix of environments and regions. */
  get: tenantProcedure
    .meta({ policy: { right: 'service:read' } })
    .input(inTenant({ service: z.string().min(1).max(64) }))
    .output(serviceDetail)
    .query(async ({ ctx, input }) => {
      const service = await findServiceBySlug(ctx.reader, ctx.tenant.id, input.service);
      if (service === null) throw notFound('service');
      const [environments, versions, newest, pins, drift] = await Promise.all([
        listEnvironments(ctx.reader, ctx.tenant.id),
        listLitVersions(ctx.reader, ctx.tenant.id, [service.id]),
        listNewestDeployments(ctx.reader, ctx.tenant.id, [service.id]),
        listPins(ctx.reader, ctx.tenant.id, [service.id]),
        countDrift(ctx.reader, ctx.tenant.id, [service.id]),
      ]);
      return {
        ...service,
        versions,
        newest,
        pins,
        drift,
        environments: environments.map((environment) => ({ ...environment, regions: environment.targets.map((target) => target.region) })),
      };
    }),

  create: tenantProcedure
    .meta({ policy: { right: 'service:create' } })
    .input(inTenant(createServiceInput.shape))
    .output(z.object({ serviceId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => createService(ctx.operation, input)),

  edit: tenantProcedure
    .meta({ policy: { right: 'service:edit' } })
    .input(inTenant(editServiceInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await editService(ctx.operation, input);
      return { ok: true };
    }),
});
