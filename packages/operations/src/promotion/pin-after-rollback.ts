import { actorKey, actorName, userIdOf } from '@flow/core/rights';
import type { Tx } from '@flow/db/client';
import { insertPin, savePinRelease } from '@flow/db/promotion';
import type { OperationContext } from '../context/index.ts';
import { lookAgain } from '../verdict/look-again.ts';

/**
 * A person goes back: automation does not undo that before somebody lets it, so the place is pinned to what they go back to. An older pin gives way. What Flow
 * takes back by itself is no person's decision. In the caller's transaction, which checks the right and records the change.
 */
export async function pinAfterRollback(
  ctx: OperationContext,
  tx: Tx,
  back: { serviceId: string; environmentId: string; artifactId: string | null; version: string },
): Promise<void> {
  if (userIdOf(ctx.actor) === null) return;
  const [by, byName] = [actorKey(ctx.actor), actorName(ctx.actor)];
  await lookAgain(ctx, tx);
  await savePinRelease(tx, ctx.tenantId, { ...back, by, byName, at: ctx.now });
  const placed = { placedBy: by, placedByName: byName, placedAt: ctx.now };
  await insertPin(tx, ctx.tenantId, { id: ctx.newId(), ...back, kind: 'rollback', reason: 'rolled back', ...placed });
}
