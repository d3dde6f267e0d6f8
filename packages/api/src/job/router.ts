import { jobKinds, listDeadJobs } from '@flow/db/jobs';
import { retryJob, retryJobInput } from '@flow/operations/job';
import { z } from 'zod';
import { done, instant, pageFields, pageOf, platformProcedure, router } from '../trpc/index.ts';

const deadJob = z.object({
  id: z.string(),
  kind: z.enum(jobKinds),
  key: z.string(),
  tenant: z.object({ slug: z.string(), name: z.string() }).nullable(),
  attempts: z.number(),
  lastError: z.string(),
  deadAt: instant,
});

export const jobRouter = router({
  /** Work of all tenants that failed too often and is not tried again by itself, newest first. */
  listDead: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(z.strictObject(pageFields))
    .output(pageOf(deadJob))
    .query(({ ctx, input }) => listDeadJobs(ctx.services.db.prisma, input)),

  /** Has one of them tried again. */
  retry: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(retryJobInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await retryJob(ctx.operationIn(), input);
      return { ok: true };
    }),
});
