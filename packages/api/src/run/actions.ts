import {
  answerGate,
  answerGateInput,
  cancelRun,
  cancelRunInput,
  retryRun,
  retryRunInput,
  startRun,
  startRunInput,
} from '@flow/operations/pipeline';
import { z } from 'zod';
import { done, inTenant, tenantProcedure } from '../trpc/index.ts';

/** What people do to runs. The rules are those of the operations; here is only the door. */
export const runActions = {
  /** Starts the pipeline of a service on one commit. */
  start: tenantProcedure
    .meta({ policy: { right: 'run:start' } })
    .input(inTenant(startRunInput.shape))
    .output(z.object({ runId: z.string(), number: z.number() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => startRun(ctx.operation, input)),

  cancel: tenantProcedure
    .meta({ policy: { right: 'run:cancel' } })
    .input(inTenant(cancelRunInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { runId } }) => {
      await cancelRun(ctx.operation, { runId });
      return { ok: true };
    }),

  /** Runs again what did not succeed; what succeeded keeps its results. */
  retry: tenantProcedure
    .meta({ policy: { right: 'run:start' } })
    .input(inTenant(retryRunInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { runId } }) => {
      await retryRun(ctx.operation, { runId });
      return { ok: true };
    }),

  /** Approves or rejects an approval stage. */
  answerGate: tenantProcedure
    .meta({ policy: { right: 'approval:vote' } })
    .input(inTenant(answerGateInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await answerGate(ctx.operation, input);
      return { ok: true };
    }),
};
