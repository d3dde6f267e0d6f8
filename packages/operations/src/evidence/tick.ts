import { FlowError } from '@flow/core/fault';
import { findArtifact } from '@flow/db/artifact';
import type { ArtifactDetail } from '@flow/db/artifact';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { withdrawTick } from '@flow/db/evidence';
import { findPolicy } from '@flow/db/policy';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { toPolicy } from '../policy/index.ts';
import { lookAgain } from '../verdict/look-again.ts';
import { keepEvidence } from './report-evidence.ts';

const id = z.string().min(1).max(64);

export const tickInput = z.strictObject({
  artifactId: id,
  gateId: id,
  checkKey: id,
  item: z.string().min(1).max(200),
  isDone: z.boolean(),
});
type Tick = z.output<typeof tickInput>;

/** A person says that an item of a gate's checklist is done for an artifact, or takes that back. */
export async function tickChecklist(ctx: OperationContext, input: z.input<typeof tickInput>): Promise<void> {
  requireRight(ctx, 'evidence:report');
  requirePerson(ctx);
  const tick = parseInput(tickInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const artifact = await findArtifact(tx, ctx.tenantId, tick.artifactId);
    if (artifact === null) throw notFound('artifact');
    await requireItem(ctx, tx, tick);
    if (!tick.isDone) return takeBack(ctx, tx, { tick, artifact });
    const { checkKey, item } = tick;
    const of = { digest: artifact.digest, runId: null, artifactId: artifact.id };
    const said = { kind: 'checklist' as const, fact: { checkKey, item }, source: '', link: '', expiresAt: null, signed: undefined };
    await keepEvidence(ctx, tx, { of, evidenceId: ctx.newId(), ...said });
  });
}

async function requireItem(ctx: OperationContext, tx: Tx, { gateId, checkKey, item }: Tick): Promise<void> {
  const row = await findPolicy(tx, ctx.tenantId, gateId);
  const policy = row === null || row.archivedAt !== null ? null : toPolicy(row, ctx.tenantId);
  if (policy?.kind !== 'gate') throw notFound('gate');
  const check = policy.gate.checks.find(({ key }) => key === checkKey);
  if (check?.kind === 'checklist' && check.items.includes(item)) return;
  throw new FlowError({ code: 'precondition', message: 'The checklist has changed since you looked: this is not an item of it' });
}

async function takeBack(ctx: OperationContext, tx: Tx, { tick, artifact }: { tick: Tick; artifact: ArtifactDetail }): Promise<void> {
  const { checkKey, item } = tick;
  await lookAgain(ctx, tx);
  if (!(await withdrawTick(tx, ctx.tenantId, { digest: artifact.digest, checkKey, item, at: ctx.now })))
    throw new FlowError({ code: 'conflict', message: 'It is not ticked any more' });
  await recordChange(ctx, tx, {
    action: 'evidence.untick',
    subject: `artifact:${artifact.id}`,
    summary: `Took back for ${artifact.serviceName} ${artifact.version}: ${item}`,
    after: { checkKey, item, digest: artifact.digest },
    event: { type: 'evidence.changed', topics: [], data: { artifactId: artifact.id, runId: null } },
  });
}
