import { FlowError } from '@flow/core/fault';
import { actorKey, actorName } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findDriftById, removeAdoption, saveAdoption } from '@flow/db/drift';
import type { DriftRow } from '@flow/db/drift';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

const id = z.string().min(1).max(64);
export const adoptDriftInput = z.strictObject({ driftId: id, reason: z.string().trim().min(1, 'say why it may stay as it is').max(500) });
export const disownDriftInput = z.strictObject({ driftId: id });

const isGone = (): FlowError =>
  new FlowError({ code: 'precondition', message: 'It is not as it was shown any more: somebody has changed it. Look again' });

/** Accepts one difference as it is: it is told no more while it has the same value, and is not put back by applying again. */
export async function adoptDrift(ctx: OperationContext, input: z.input<typeof adoptDriftInput>): Promise<void> {
  requireRight(ctx, 'deployment:ask');
  const { driftId, reason } = parseInput(adoptDriftInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const drift = await findDriftById(tx, ctx.tenantId, driftId);
    if (drift === null) throw notFound('difference');
    const adoption = { id: driftId, by: actorKey(ctx.actor), byName: actorName(ctx.actor), at: ctx.now, reason };
    if (!(await saveAdoption(tx, ctx.tenantId, adoption))) throw isGone();
    await record(ctx, tx, { drift, action: 'drift.adopt', verb: 'Adopted', reason });
  });
}

/** Takes back that a difference was accepted: it counts again. */
export async function disownDrift(ctx: OperationContext, input: z.input<typeof disownDriftInput>): Promise<void> {
  requireRight(ctx, 'deployment:ask');
  const { driftId } = parseInput(disownDriftInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const drift = await findDriftById(tx, ctx.tenantId, driftId);
    if (drift === null) throw notFound('difference');
    if (!(await removeAdoption(tx, ctx.tenantId, driftId))) throw isGone();
    await record(ctx, tx, { drift, action: 'drift.disown', verb: 'Took back the adoption of', reason: '' });
  });
}

async function record(
  ctx: OperationContext,
  tx: Tx,
  { drift, action, verb, reason }: { drift: DriftRow; action: string; verb: string; reason: string },
): Promise<void> {
  const { serviceId, environmentId, targetId, region, object, path, wanted, found } = drift;
  await recordChange(ctx, tx, {
    action,
    subject: `service:${serviceId}`,
    summary: `${verb} ${[object, path].filter((part) => part !== '').join(' ')} in ${region}${reason === '' ? '' : `: ${reason}`}`,
    before: { wanted },
    after: { environmentId, targetId, found, ...(reason === '' ? {} : { reason }) },
    event: { type: 'service.changed', topics: [`service:${serviceId}`], data: { serviceId, environmentId } },
  });
}
