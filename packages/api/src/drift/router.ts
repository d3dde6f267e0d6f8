import {
  adoptDrift,
  adoptDriftInput,
  askComparison,
  askComparisonInput,
  disownDrift,
  disownDriftInput,
  reapplyDeployed,
  reapplyInput,
} from '@flow/operations/drift';
import { z } from 'zod';
import { done, id, inTenant, router, tenantProcedure } from '../trpc/index.ts';
import { loadPlaces } from './load-places.ts';
import { driftPlace } from './schemas.ts';

const changing = tenantProcedure.meta({ policy: { right: 'deployment:ask' } });

export const driftRouter = router({
  /** Where a service runs, and what differs there from what was deployed. */
  list: tenantProcedure
    .meta({ policy: { right: 'deployment:read' } })
    .input(inTenant({ serviceId: id }))
    .output(z.array(driftPlace))
    .query(({ ctx, input }) => loadPlaces(ctx, input.serviceId)),

  /** Has everything that runs of a service compared now. */
  compare: changing
    .input(inTenant(askComparisonInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await askComparison(ctx.operation, input);
      return { ok: true };
    }),

  /** Puts what differs in a target back as it was deployed. */
  reapply: changing
    .input(inTenant(reapplyInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await reapplyDeployed(ctx.operation, input);
      return { ok: true };
    }),

  /** Accepts one difference as it is. */
  adopt: changing
    .input(inTenant(adoptDriftInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await adoptDrift(ctx.operation, input);
      return { ok: true };
    }),

  /** Takes back that one was accepted. */
  disown: changing
    .input(inTenant(disownDriftInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await disownDrift(ctx.operation, input);
      return { ok: true };
    }),
});
