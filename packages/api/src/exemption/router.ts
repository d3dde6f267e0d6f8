import { exemptionAction, exemptionKind, exemptionState, exemptionUse } from '@flow/core/exemption';
import { countOpenExemptions, listExemptions } from '@flow/db/exemption';
import { findPolicy, policyKind } from '@flow/db/policy';
import { notFound } from '@flow/operations/context';
import {
  abilitiesOf,
  answerExemption,
  answerExemptionInput,
  askExemption,
  askExemptionInput,
  closeReview,
  closeReviewInput,
  previewNeeds,
  withdrawExemption,
  withdrawExemptionInput,
} from '@flow/operations/exemption';
import { z } from 'zod';
import { abilityOf, done, id, inTenant, instant, pageFields, pageOf, router, tenantProcedure } from '../trpc/index.ts';

const named = z.object({ id: z.string(), slug: z.string(), name: z.string() });

const exemptionRow = z.object({
  id: z.string(),
  policyId: z.string(),
  policyKind,
  policyTitle: z.string(),
  isOfPlatform: z.boolean(),
  service: named,
  environment: named,
  /** Of this version only; null for any. */
  version: z.string().nullable(),
  /** Of this deployment only; null for any in the place. */
  deploymentId: z.string().nullable(),
  kind: exemptionKind,
  use: exemptionUse,
  state: exemptionState,
  reason: z.string(),
  ticket: z.string(),
  askedByName: z.string(),
  askedAt: instant,
  decidedByName: z.string().nullable(),
  decidedAt: instant.nullable(),
  decisionNote: z.string(),
  endsAt: instant,
  approvalsRequired: z.number(),
  /** The deployments that have passed by it, newest first. */
  uses: z.array(z.object({ deploymentId: z.string(), usedAt: instant })),
  usedAt: instant.nullable(),
  reviewDueAt: instant.nullable(),
  reviewClosedAt: instant.nullable(),
  reviewClosedByName: z.string().nullable(),
  reviewNote: z.string(),
  abilities: z.array(abilityOf(exemptionAction)),
});

const need = z.object({ sentence: z.string(), maxMs: z.number(), whyNot: z.string() });
const reading = tenantProcedure.meta({ policy: { right: 'policy:read' } });

export const exemptionRouter = router({
  /** Exemptions with what the caller may do with each; of one deployment when asked so. */
  list: reading
    .input(
      inTenant({
        ...pageFields,
        view: z.enum(['open', 'asked', 'inForce', 'reviews', 'all']).default('open'),
        deploymentId: id.optional(),
      }),
    )
    .output(pageOf(exemptionRow))
    .query(async ({ ctx, input: { cursor, limit, view, deploymentId = null } }) => {
      const { now } = ctx.operation;
      const page = await listExemptions(ctx.reader, ctx.tenant.id, { cursor, limit, view, deploymentId, now });
      return { ...page, items: page.items.map((row) => ({ ...row, abilities: [...abilitiesOf(ctx.operation, row)] })) };
    }),

  /** How many reviews are open, and how many wishes wait for an answer. */
  open: reading
    .input(inTenant({}))
    .output(z.object({ reviewCount: z.number(), askedCount: z.number() }))
    .query(({ ctx }) => countOpenExemptions(ctx.reader, ctx.tenant.id)),

  /** What the next exemption from this policy needs, and why the caller cannot take one in an emergency; empty when they can. */
  needs: reading
    .input(inTenant({ policyId: id }))
    .output(z.object({ policyTitle: z.string(), planned: need, breakGlass: need }))
    .query(async ({ ctx, input: { policyId } }) => {
      const policy = await findPolicy(ctx.reader, ctx.tenant.id, policyId);
      if (policy === null) throw notFound('policy');
      return { policyTitle: policy.title, ...(await previewNeeds(ctx.operation, { isOfPlatform: policy.isPlatform })) };
    }),

  ask: tenantProcedure
    .meta({ policy: { right: 'exemption:ask' } })
    .input(inTenant(askExemptionInput.shape))
    .output(z.object({ exemptionId: z.string(), sentence: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => askExemption(ctx.operation, input)),

  /** Who may answer is said by the exemption: nobody answers their own, and only platform admins for policies of the platform. */
  answer: reading
    .input(inTenant(answerExemptionInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await answerExemption(ctx.operation, input);
      return { ok: true };
    }),

  withdraw: reading
    .input(inTenant(withdrawExemptionInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { exemptionId } }) => {
      await withdrawExemption(ctx.operation, { exemptionId });
      return { ok: true };
    }),

  closeReview: reading
    .input(inTenant(closeReviewInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await closeReview(ctx.operation, input);
      return { ok: true };
    }),
});
