import { describeEvidence, evidenceReport, readEvidence } from '@flow/core/gate';
import { actorKey, actorName } from '@flow/core/rights';
import { findArtifact } from '@flow/db/artifact';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findArtifactOfDigest, insertEvidence } from '@flow/db/evidence';
import { hasRun } from '@flow/db/run';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';

const id = z.string().min(1).max(64);

/** What evidence is about: an artifact by its id or its digest, or whatever a run builds. */
export const evidenceSubject = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('artifact'), artifactId: id }),
  z.strictObject({ kind: z.literal('digest'), digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'sha256: and 64 hexadecimal digits') }),
  z.strictObject({ kind: z.literal('run'), runId: id }),
]);

export const reportEvidenceInput = z.strictObject({
  subject: evidenceSubject,
  report: evidenceReport,
  /** What found it, such as the name of the tool. */
  source: z.string().trim().min(1).max(60),
  /** Where all of it can be read. */
  link: z.union([z.literal(''), z.httpUrl().max(500)]).default(''),
  /** From when on it counts no more. */
  expiresAt: z.iso.datetime().nullable().default(null),
});

/** What evidence is kept under. */
export interface KeptSubject {
  digest: string;
  runId: string | null;
  /** The artifact, where there is one already. */
  artifactId: string | null;
}

/**
 * Keeps what a program says that it has found out, with who said so and when. It is never changed: newer evidence of the same kind stands before it.
 * What waits for a gate is looked at again.
 */
export async function reportEvidence(ctx: OperationContext, input: z.input<typeof reportEvidenceInput>): Promise<{ evidenceId: string }> {
  requireRight(ctx, 'evidence:report');
  const { subject, report, source, link, expiresAt } = parseInput(reportEvidenceInput, input);
  const evidenceId = ctx.newId();
  await inTransaction(ctx.db, async (tx) => {
    const of = await readSubject(ctx, tx, subject);
    const { kind, ...fact } = report;
    const ends = expiresAt === null ? null : new Date(expiresAt);
    const said = { kind, fact, source, link, expiresAt: ends, signed: undefined };
    await keepEvidence(ctx, tx, { of, evidenceId, ...said });
  });
  return { evidenceId };
}

/** Finds what evidence is about, in this tenant. */
export async function readSubject(ctx: OperationContext, tx: Tx, subject: z.output<typeof evidenceSubject>): Promise<KeptSubject> {
  if (subject.kind === 'run') {
    if (!(await hasRun(tx, ctx.tenantId, subject.runId))) throw notFound('run');
    return { digest: '', runId: subject.runId, artifactId: null };
  }
  const artifact =
    subject.kind === 'artifact'
      ? await findArtifact(tx, ctx.tenantId, subject.artifactId)
      : await findArtifactOfDigest(tx, ctx.tenantId, subject.digest);
  if (artifact === null) throw notFound('artifact');
  return { digest: artifact.digest, runId: null, artifactId: artifact.id };
}

type Kept = Omit<Parameters<typeof insertEvidence>[2], 'id' | 'digest' | 'runId' | 'recordedAt' | 'recordedBy' | 'recordedByName'> & {
  of: KeptSubject;
  evidenceId: string;
};

/** Keeps evidence and records it; what waits is looked at again. */
export async function keepEvidence(ctx: OperationContext, tx: Tx, { of, evidenceId, ...said }: Kept): Promise<void> {
  const { digest, runId, artifactId } = of;
  const recorded = { recordedAt: ctx.now, recordedBy: actorKey(ctx.actor), recordedByName: actorName(ctx.actor) };
  await lookAgain(ctx, tx);
  await insertEvidence(tx, ctx.tenantId, { id: evidenceId, digest, runId, ...said, ...recorded });
  const head = { id: evidenceId, digest, recordedAt: ctx.now, expiresAt: said.expiresAt, by: '' };
  const found = readEvidence(head, said.kind, said.fact);
  await recordChange(ctx, tx, {
    action: said.kind === 'checklist' ? 'evidence.tick' : 'evidence.report',
    subject: artifactId === null ? `run:${runId ?? ''}` : `artifact:${artifactId}`,
    summary: `${said.source === '' ? 'Evidence' : `Evidence of ${said.source}`}: ${found === null ? said.kind : describeEvidence(found)}`,
    after: { evidenceId, kind: said.kind, digest, runId, fact: said.fact },
    event: { type: 'evidence.changed', topics: [], data: { evidenceId, artifactId, runId } },
  });
}
