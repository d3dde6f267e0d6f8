import { insight, insightCase } from '@flow/core/insight';
import { readInsight, readInsightCases, readInsightCasesInput, readInsightInput } from '@flow/operations/insight';
import { z } from 'zod';
import { inTenant, instant, router, tenantProcedure } from '../trpc/index.ts';

const reading = tenantProcedure.meta({ policy: { right: 'deployment:read' } });

const stretch = { from: instant, until: instant };
const told = z.object({
  ...insight.shape,
  buckets: z.array(z.object({ ...insight.shape.buckets.element.shape, ...stretch })),
  period: z.object(stretch),
  isShortened: z.boolean(),
  serviceNames: z.record(z.string(), z.string()),
  policyTitles: z.record(z.string(), z.string()),
});
const behind = z.object({ ...insightCase.shape, at: instant, serviceName: z.string(), environmentName: z.string() });

export const insightRouter = router({
  /** The four keys of DORA and what makes up the way to production, of what has ended in a period. */
  get: reading
    .input(inTenant(readInsightInput.shape))
    .output(told)
    .query(({ ctx, input: { tenant: _tenant, ...input } }) => readInsight(ctx.operation, input)),

  /** The deployments behind one of the numbers. */
  cases: reading
    .input(inTenant(readInsightCasesInput.shape))
    .output(z.object({ total: z.number(), cases: z.array(behind) }))
    .query(({ ctx, input: { tenant: _tenant, ...input } }) => readInsightCases(ctx.operation, input)),
});
