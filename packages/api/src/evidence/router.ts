import { evidenceKind } from '@flow/core/gate';
import { listTrustedKeys } from '@flow/db/evidence';
import { enforcement } from '@flow/core/rule';
import {
  attest,
  attestInput,
  judgeArtifact,
  judgeArtifactInput,
  removeKey,
  removeKeyInput,
  reportEvidence,
  reportEvidenceInput,
  tickChecklist,
  tickInput,
  trustKey,
  trustKeyInput,
} from '@flow/operations/evidence';
import { z } from 'zod';
import { done, inTenant, instant, router, tenantProcedure } from '../trpc/index.ts';

const state = z.enum(['passed', 'failed', 'waiting']);

const shown = z.object({
  id: z.string(),
  kind: evidenceKind,
  said: z.string(),
  by: z.string(),
  /** Where all of it can be read; empty for nowhere. */
  link: z.string(),
  recordedAt: instant,
  expiresAt: instant.nullable(),
});

const check = z.object({
  key: z.string(),
  title: z.string(),
  kind: evidenceKind,
  state,
  sentence: z.string(),
  liftedBy: z.string(),
  expiresAt: instant.nullable(),
  evidence: z.array(shown),
  /** Of a checklist: each item with whoever ticked it. */
  items: z.array(z.object({ item: z.string(), tickedBy: z.string().nullable(), tickedAt: instant.nullable() })),
});

const judged = z.object({
  id: z.string(),
  title: z.string(),
  owner: z.string(),
  enforcement,
  state,
  before: z.array(z.string()),
  checks: z.array(check),
});

export const evidenceRouter = router({
  /** The gates on the way of an artifact, each check with its evidence, and all that was ever said of it. */
  ofArtifact: tenantProcedure
    .meta({ policy: { right: 'artifact:read' } })
    .input(inTenant(judgeArtifactInput.shape))
    .output(z.object({ gates: z.array(judged), evidence: z.array(shown) }))
    .query(({ ctx, input: { artifactId } }) => judgeArtifact(ctx.operation, { artifactId })),

  /** What a program has found out about an artifact: kept with who said so and when. */
  report: tenantProcedure
    .meta({ policy: { right: 'evidence:report' } })
    .input(inTenant(reportEvidenceInput.shape))
    .output(z.object({ evidenceId: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => reportEvidence(ctx.operation, input)),

  /** A signed in-toto statement about an artifact: kept when one of the trusted keys has signed it. */
  attest: tenantProcedure
    .meta({ policy: { right: 'evidence:report' } })
    .input(inTenant(attestInput.shape))
    .output(z.object({ evidenceId: z.string(), predicateType: z.string(), keyName: z.string() }))
    .mutation(({ ctx, input: { tenant: _tenant, ...input } }) => attest(ctx.operation, input)),

  /** The keys that are trusted to sign attestations. */
  keys: tenantProcedure
    .meta({ policy: { right: 'policy:read' } })
    .input(inTenant({}))
    .output(z.array(z.object({ id: z.string(), name: z.string(), publicKey: z.string(), createdAt: instant, createdByName: z.string() })))
    .query(({ ctx }) => listTrustedKeys(ctx.reader, ctx.tenant.id)),

  trustKey: tenantProcedure
    .meta({ policy: { right: 'policy:manage' } })
    .input(inTenant(trustKeyInput.shape))
    .output(z.object({ keyId: z.string() }))
    .mutation(({ ctx, input: { name, publicKey } }) => trustKey(ctx.operation, { name, publicKey })),

  removeKey: tenantProcedure
    .meta({ policy: { right: 'policy:manage' } })
    .input(inTenant(removeKeyInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { keyId } }) => {
      await removeKey(ctx.operation, { keyId });
      return { ok: true };
    }),

  /** A person ticks an item of a checklist, or takes that back. */
  tick: tenantProcedure
    .meta({ policy: { right: 'evidence:report' } })
    .input(inTenant(tickInput.shape))
    .output(done)
    .mutation(async ({ ctx, input: { tenant: _tenant, ...input } }) => {
      await tickChecklist(ctx.operation, input);
      return { ok: true };
    }),
});
