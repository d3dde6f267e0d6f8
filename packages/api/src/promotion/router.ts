import { matrixCells } from '@flow/core/promotion';
import { findEnvironmentBySlug, listEnvironments } from '@flow/db/catalog';
import { countDrift } from '@flow/db/drift';
import { listMatrixServices, listPins, listRunningInPlaces, matrixShow } from '@flow/db/promotion';
import { notFound } from '@flow/operations/context';
import { foreseePromotions, foreseePromotionsInput, pinInput, pinService, releasePin, releasePinInput } from '@flow/operations/promotion';
import { z } from 'zod';
import { done, id, inTenant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';
import { compareEnvironments } from './compare.ts';
import { commitsBetween, comparedService, foundCommit, matrixRow, pathEnvironment, ruledPromotion, standing } from './schemas.ts';
import { loadCommitsBetween, loadStanding } from './standing.ts';
import { whereIsCommit } from './where-is.ts';

const search = z.string().max(100).default('');
const slugOfEnvironment = z.string().min(1).max(64);

export const promotionRouter = router({
  /** Services down, environments across: what runs, since when, how it is, and where something newer waits below. */
  matrix: tenantProcedure
    .meta({ policy: { right: 'service:read' } })
    .input(inTenant({ ...pageFields, search, show: matrixShow.default('all'), tier: z.number().int().min(1).max(4).optional() }))
    .output(pageOf(matrixRow).extend({ environments: z.array(pathEnvironment) }))
    .query(async ({ ctx, input: { tenant: _tenant, ...query } }) => {
      const { items, nextCursor } = await listMatrixServices(ctx.reader, ctx.tenant.id, query);
      const ids = items.map((service) => service.id);
      const [environments, running, pins, drift] = await Promise.all([
        listEnvironments(ctx.reader, ctx.tenant.id),
        listRunningInPlaces(ctx.reader, ctx.tenant.id, ids),
        listPins(ctx.reader, ctx.tenant.id, ids),
        countDrift(ctx.reader, ctx.tenant.id, ids),
      ]);
      const path = environments.map((environment) => ({ ...environment, regions: environment.targets.map(({ region }) => region) }));
      const rows = items.map((service) => ({
        ...service,
        cells: matrixCells(
          path,
          running.filter((one) => one.serviceId === service.id),
        ),
        pins: pins.filter((one) => one.serviceId === service.id),
        drift: drift.filter((one) => one.serviceId === service.id),
      }));
      return { items: rows, nextCursor, environments: path };
    }),

  /** What differs between two environments, service by service: versions, configuration, pods. */
  compare: tenantProcedure
    .meta({ policy: { right: 'environment:read' } })
    .input(inTenant({ ...pageFields, search, left: slugOfEnvironment, right: slugOfEnvironment, showSame: z.boolean().default(false) }))
    .output(pageOf(comparedService))
    .query(async ({ ctx, input: { left, right, ...query } }) => {
      const [one, other] = await Promise.all([left, right].map((slug) => findEnvironmentBySlug(ctx.reader, ctx.tenant.id, slug)));
      if (one == null || other == null) throw notFound('environment');
      return compareEnvironments(ctx, { ...query, leftId: one.id, rightId: other.id });
    }),

  /** "Where is my commit now?": by the beginning of its hash, in each service that is built from it. */
  whereIs: tenantProcedure
    .meta({ policy: { right: 'service:read' } })
    .input(inTenant({ commit: z.string().regex(/^[0-9a-fA-F]{4,64}$/, 'at least the first four digits of the hash of a commit') }))
    .output(z.object({ environments: z.array(pathEnvironment), found: z.array(foundCommit) }))
    .query(({ ctx, input }) => whereIsCommit(ctx, input.commit.toLowerCase())),

  /** How an artifact stands to what runs in each environment. */
  standing: tenantProcedure
    .meta({ policy: { right: 'artifact:read' } })
    .input(inTenant({ artifactId: id }))
    .output(z.array(standing))
    .query(({ ctx, input }) => loadStanding(ctx, input.artifactId)),

  /** The commits between two artifacts of a service: what one brings and what it takes away. */
  commits: tenantProcedure
    .meta({ policy: { right: 'artifact:read' } })
    .input(inTenant({ artifactId: id, baseId: id }))
    .output(commitsBetween)
    .query(({ ctx, input }) => loadCommitsBetween(ctx, input)),

  /** What the promotion rules do next with a service, and what they wait for. */
  next: tenantProcedure
    .meta({ policy: { right: 'service:read' } })
    .input(inTenant(foreseePromotionsInput.shape))
    .output(z.array(ruledPromotion))
    .query(async ({ ctx, input: { serviceId } }) => {
      const found = await foreseePromotions(ctx.operation, { serviceId });
      return found.map(({ rule: { id: ruleId, title, enforcement, fromId, toId }, fromName, toName, next }) => ({
        ruleId,
        title,
        enforcement,
        fromId,
        fromName,
        toId,
        toName,
        next: next.kind === 'waits' ? { ...next, reasons: [...next.reasons] } : next,
      }));
    }),

  /** What a person keeps: automation waits there. */
  pin: tenantProcedure
    .meta({ policy: { right: 'deployment:pin' } })
    .input(inTenant(pinInput.shape))
    .output(z.object({ pinId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => pinService(ctx.operation, input)),

  releasePin: tenantProcedure
    .meta({ policy: { right: 'deployment:pin' } })
    .input(inTenant(releasePinInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...place } }) => {
      await releasePin(ctx.operation, place);
      return { ok: true };
    }),
});
