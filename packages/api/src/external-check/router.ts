import { isPlatformAdmin } from '@flow/core/rights';
import { describeQuestion, externalCheckSettings, questionState } from '@flow/core/external-check';
import { checkOutboundUrl } from '@flow/delivery/outbound';
import { listExternalChecks, listQuestions } from '@flow/db/external-check';
import {
  askAgain,
  askAgainInput,
  createExternal,
  createExternalInput,
  removeExternal,
  removeExternalInput,
} from '@flow/operations/external-check';
import { z } from 'zod';
import type { ApiServices } from '../trpc/context.ts';
import { done, inTenant, instant, platformProcedure, router, tenantProcedure } from '../trpc/index.ts';

const managing = tenantProcedure.meta({ policy: { right: 'policy:manage' } });

const external = z.object({
  id: z.string(),
  ...externalCheckSettings.shape,
  /** Null to a tenant of one of the platform, whose address is for those who run it. */
  url: z.string().nullable(),
  /** Of the platform: its gates ask it, about deployments of every tenant. */
  isPlatform: z.boolean(),
  createdAt: instant,
  createdByName: z.string(),
});
const made = z.object({ externalId: z.string(), callKey: z.string(), answerKey: z.string() });

const question = z.object({
  id: z.string(),
  name: z.string(),
  state: questionState,
  /** Of one without an answer what it waits for or why there is none; of an answer its reason. */
  said: z.string(),
  askedAt: instant,
  askedByName: z.string(),
  /** When it is called again, or counts as not answered. */
  nextAt: instant.nullable(),
});

function makingOf({ sealer, outboundAllowed }: Pick<ApiServices, 'sealer' | 'outboundAllowed'>): Parameters<typeof createExternal>[2] {
  return { sealer, checkUrl: (url) => checkOutboundUrl(url, outboundAllowed) };
}

export const externalCheckRouter = router({
  /** The outside services that gates can ask: of the tenant and of the platform. */
  list: tenantProcedure
    .meta({ policy: { right: 'policy:read' } })
    .input(inTenant({}))
    .output(z.array(external))
    .query(async ({ ctx }) => {
      const seesAll = isPlatformAdmin(ctx.operation.actor);
      const checks = await listExternalChecks(ctx.reader, ctx.tenant.id);
      return checks.map((check) => ({ ...check, url: check.isPlatform && !seesAll ? null : check.url }));
    }),

  /** The keys that sign calls and answers are shown this once. */
  create: managing
    .input(inTenant(createExternalInput.shape))
    .output(made)
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => createExternal(ctx.operation, input, makingOf(ctx.services))),

  /** One that the gates of the platform ask. */
  createForAll: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(createExternalInput)
    .output(made)
    .mutation(({ ctx, input }) => createExternal(ctx.operationIn(), input, makingOf(ctx.services))),

  remove: managing
    .input(inTenant(removeExternalInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { externalId } }) => {
      await removeExternal(ctx.operation, { externalId });
      return { ok: true };
    }),

  removeForAll: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(removeExternalInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await removeExternal(ctx.operationIn(), input);
      return { ok: true };
    }),

  /** Who was asked about a deployment, and how far they are. */
  ofDeployment: tenantProcedure
    .meta({ policy: { right: 'deployment:read' } })
    .input(inTenant({ deploymentId: z.string().min(1).max(64) }))
    .output(z.array(question))
    .query(async ({ ctx, input: { deploymentId } }) => {
      const questions = await listQuestions(ctx.reader, ctx.tenant.id, deploymentId);
      return questions.map((one) => ({ ...one, said: one.state === 'answered' ? one.said : describeQuestion(one) }));
    }),

  /** Has an outside service asked again; its last answer counts no more. */
  askAgain: tenantProcedure
    .meta({ policy: { right: 'evidence:report' } })
    .input(inTenant(askAgainInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { deploymentId, questionId } }) => {
      await askAgain(ctx.operation, { deploymentId, questionId });
      return { ok: true };
    }),
});
