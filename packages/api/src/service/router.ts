import { findServiceBySlug, listEnvironments, listRunningVersions, listServices } from '@flow/db/catalog';
import { chartSource, layerValues, serviceRuntime } from '@flow/db/catalog';
import { createService, createServiceInput, editService, editServiceInput } from '@flow/operations/catalog';
import { notFound } from '@flow/operations/context';
import { z } from 'zod';
import { done, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';

const runningVersion = z.object({
  environmentId: z.string(),
  region: z.string(),
  version: z.string(),
  digest: z.string(),
  artifactId: z.string(),
  deploymentId: z.string(),
  since: instant,
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
  /** Rows of the matrix; its cells are `versions`, its columns each row's regions. */
  environments: z.array(environmentHead.extend({ requiredApprovals: z.number(), regions: z.array(z.string()) })),
});

export const serviceRouter = router({
  /** Services by slug with what runs of them, and the environments as columns. */
  list: tenantProcedure
    .meta({ policy: { right: 'service:read' } })
    .input(inTenant({ ...pageFields, search: z.string().max(100).default('') }))
    .output(pageOf(serviceRow).extend({ environments: z.array(environmentHead) }))
    .query(async ({ ctx, input }) => {
      const page = await listServices(ctx.reader, ctx.tenant.id, input);
      const [environments, versions] = await Promise.all([
        listEnvironments(ctx.reader, ctx.tenant.id),
        listRunningVersions(
          ctx.reader,
          ctx.tenant.id,
          page.items.map((service) => service.id),
        ),
      ]);
      const items = page.items.map((service) => ({ ...service, versions: versions.filter((one) => one.serviceId === service.id) }));
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
      const [environments, versions] = await Promise.all([
        listEnvironments(ctx.reader, ctx.tenant.id),
        listRunningVersions(ctx.reader, ctx.tenant.id, [service.id]),
      ]);
      return {
        ...service,
        versions,
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
