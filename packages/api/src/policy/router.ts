import { builtInRules, enforcement, rule } from '@flow/core/rule';
import { findPolicy, listPolicies, listRevisions, policyKind } from '@flow/db/policy';
import { notFound } from '@flow/operations/context';
import { backtestDraft, backtestDraftInput } from '@flow/operations/backtest';
import { foreseeDraft, foreseeDraftInput } from '@flow/operations/foresight';
import { archivePolicy, archivePolicyInput, previewScope, previewScopeInput, savePolicy, savePolicyInput } from '@flow/operations/policy';
import { z } from 'zod';
import { done, id, inTenant, instant, pageFields, pageOf, platformProcedure, router, tenantProcedure } from '../trpc/index.ts';
import { backtestAnswer, listPolicyFindings, policyFinding, usualLoadAnswer } from './past.ts';
import { freezeOccurrence, listFreezeOccurrences } from './freeze-calendar.ts';
import { listScopeChoices, scopeChoices } from './scope-choices.ts';

const document = z.record(z.string(), z.json());

const policyRow = z.object({
  id: z.string(),
  kind: policyKind,
  title: z.string(),
  enforcement,
  revision: z.number(),
  /** Put in force by the platform for everyone: a tenant reads it and cannot change it. */
  isPlatform: z.boolean(),
  document,
  updatedAt: instant,
  archivedAt: instant.nullable(),
});

const revision = z.object({ revision: z.number(), document, changedByName: z.string(), changedAt: instant, note: z.string() });

const builtIn = z.object({
  key: z.string(),
  title: z.string(),
  description: z.string(),
  effect: rule.shape.effect,
  settings: z.array(z.object({ name: z.string(), title: z.string(), unit: z.string(), byDefault: z.number() })),
  /** Its condition with the default settings, to read and to copy. */
  condition: z.string(),
  liftedBy: z.string(),
  liftsItself: z.string(),
});

const place = z.object({ serviceId: z.string(), serviceName: z.string(), environmentId: z.string(), environmentName: z.string() });
const reading = tenantProcedure.meta({ policy: { right: 'policy:read' } });
const managing = tenantProcedure.meta({ policy: { right: 'policy:manage' } });
const saved = z.object({ policyId: z.string(), revision: z.number() });

export const policyRouter = router({
  /** What is in force here: the tenant's own and the platform's, of one kind. */
  list: reading
    .input(inTenant({ ...pageFields, kind: policyKind, isArchived: z.boolean().default(false) }))
    .output(pageOf(policyRow))
    .query(async ({ ctx, input: { cursor, limit, kind, isArchived } }) => {
      const page = await listPolicies(ctx.reader, ctx.tenant.id, { cursor, limit, kind, isArchived });
      return { ...page, items: page.items.map((item) => ({ ...item, document: document.parse(item.document) })) };
    }),

  get: reading
    .input(inTenant({ policyId: id }))
    .output(policyRow.extend({ revisions: z.array(revision) }))
    .query(async ({ ctx, input }) => {
      const policy = await findPolicy(ctx.reader, ctx.tenant.id, input.policyId);
      if (policy === null) throw notFound('policy');
      const revisions = await listRevisions(ctx.reader, ctx.tenant.id, input.policyId);
      return {
        ...policy,
        document: document.parse(policy.document),
        revisions: revisions.map((one) => ({ ...one, document: document.parse(one.document) })),
      };
    }),

  /** The rules that come with Flow and are switched on with one click. */
  builtIns: reading
    .input(inTenant({}))
    .output(z.array(builtIn))
    .query(() =>
      builtInRules.map(({ settings, condition, ...shown }) => ({
        ...shown,
        settings: Object.entries(settings).map(([name, setting]) => ({ name, ...setting })),
        condition: condition((name) => settings[name]?.byDefault ?? 0),
      })),
    ),

  /** Who would be affected by a policy with this scope. */
  preview: reading
    .input(inTenant(previewScopeInput.shape))
    .output(z.object({ coveredCount: z.number(), placeCount: z.number(), examples: z.array(place) }))
    .query(({ ctx, input: { scope } }) => previewScope(ctx.operation, { scope })),

  /** What the scope of a policy can name here. */
  scopeChoices: reading
    .input(inTenant({}))
    .output(scopeChoices)
    .query(({ ctx }) => listScopeChoices(ctx.reader, ctx.tenant.id)),

  /** When freezes are in force in a stretch of time, for a calendar. */
  freezeOccurrences: reading
    .input(inTenant({ from: z.iso.datetime(), to: z.iso.datetime() }))
    .output(z.array(freezeOccurrence))
    .query(({ ctx, input }) => listFreezeOccurrences(ctx.reader, ctx.tenant, { from: new Date(input.from), to: new Date(input.to) })),

  /** What a policy has said of real requests, newest first: in shadow, or where it decided. */
  findings: reading
    .input(inTenant({ ...pageFields, policyId: id, isShadow: z.boolean() }))
    .output(pageOf(policyFinding))
    .query(({ ctx, input: { policyId, isShadow, cursor, limit } }) =>
      listPolicyFindings(ctx.reader, ctx.tenant.id, { policyId, isShadow, cursor, limit }),
    ),

  /** One part of what a rule would have done to the recorded past; a draft needs not be saved for it. */
  backtest: reading
    .input(inTenant(backtestDraftInput.shape))
    .output(backtestAnswer)
    .query(({ ctx, input: { tenant: _tenant, ...input } }) => backtestDraft(ctx.operation, input)),

  /** Whom, and how many of the usual deployments, a rule or a freeze that is being written will hold. */
  foresee: reading
    .input(inTenant(foreseeDraftInput.shape))
    .output(usualLoadAnswer)
    .query(({ ctx, input: { tenant: _tenant, ...input } }) => foreseeDraft(ctx.operation, input)),

  save: managing
    .input(inTenant(savePolicyInput.shape))
    .output(saved)
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => savePolicy(ctx.operation, input)),

  archive: managing
    .input(inTenant(archivePolicyInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { policyId } }) => {
      await archivePolicy(ctx.operation, { policyId });
      return { ok: true };
    }),

  /** The same for everyone on the platform. */
  saveForAll: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(savePolicyInput)
    .output(saved)
    .mutation(({ ctx, input }) => savePolicy(ctx.operationIn(), input)),

  archiveForAll: platformProcedure
    .meta({ policy: 'platformAdmin' })
    .input(archivePolicyInput)
    .output(done)
    .mutation(async ({ ctx, input }) => {
      await archivePolicy(ctx.operationIn(), input);
      return { ok: true };
    }),
});
