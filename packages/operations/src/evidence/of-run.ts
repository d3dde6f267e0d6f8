import { FlowError } from '@flow/core/fault';
import { readWritten } from '@flow/core/gate';
import { recordActionWith } from '@flow/db/action';
import { inTransaction } from '@flow/db/client';
import { z } from 'zod';
import { parseInput, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { keepEvidence, readSubject } from './report-evidence.ts';

const id = z.string().min(1).max(64);

export const keepEvidenceOfRunInput = z.strictObject({
  runId: id,
  stageKey: z.string().min(1).max(40),
  /** The action of the worker that keeps it: recorded as done in the same transaction, so that no repeat keeps it twice. */
  actionId: id,
  written: z.array(z.strictObject({ step: z.string().min(1).max(40), text: z.string() })).min(1),
});

/**
 * Keeps what the steps of a stage have written of what they found out, as evidence of whatever their run builds. What cannot be read is refused whole, with
 * the step and the line.
 */
export async function keepEvidenceOfRun(ctx: OperationContext, input: z.input<typeof keepEvidenceOfRunInput>): Promise<void> {
  requireSystem(ctx);
  const { runId, stageKey, actionId, written } = parseInput(keepEvidenceOfRunInput, input);
  const said = written.flatMap(({ step, text }) => {
    const read = readWritten(text);
    if (!read.ok)
      throw new FlowError({ code: 'invalid', owner: 'caller', message: `Step ${step} wrote what cannot be read. ${read.fault}` });
    return read.evidence.map(({ source = `${stageKey}/${step}`, ...one }) => ({ ...one, source: source.slice(0, 60) }));
  });
  await inTransaction(ctx.db, async (tx) => {
    const of = await readSubject(ctx, tx, { kind: 'run', runId });
    const ended = { state: 'done', result: {}, finishedAt: ctx.now } as const;
    if (!(await recordActionWith(tx, { tenantId: ctx.tenantId, id: actionId }, ended))) return;
    for (const { report, source, link } of said) {
      const { kind, ...fact } = report;
      await keepEvidence(ctx, tx, { of, evidenceId: ctx.newId(), kind, fact, source, link, expiresAt: null, signed: undefined });
    }
  });
}
