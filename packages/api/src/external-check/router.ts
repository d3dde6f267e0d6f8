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
import { done, inTenant, instant, router, tenantProcedure } from '../trpc/index.ts';

const managing = tenantProcedure.meta({ policy: { right: 'policy:manage' } });

const external = z.object({ id: z.string(), ...externalCheckSettings.shape, createdAt: instant, createdByName: z.string() });

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

export const externalCheckRouter = router({
  /** The outside services that gates can ask. */
  list: tenantProcedure
    .meta({ policy: { right: 'policy:read' } })
    .input(inTenant({}))
    .output(z.array(external))
    .query(({ ctx }) => listExternalChecks(ctx.reader, ctx.tenant.id)),

  /** The secret that signs calls and answers is shown this once. */
  create: managing
    .input(inTenant(createExternalInput.shape))
    .output(z.object({ externalId: z.string(), secret: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => {
      const { sealer, outboundAllowed } = ctx.services;
      return createExternal(ctx.operation, input, { sealer, checkUrl: (url) => checkOutboundUrl(url, outboundAllowed) });
    }),

  remove: managing
    .input(inTenant(removeExternalInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { externalId } }) => {
      await removeExternal(ctx.operation, { externalId });
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
