import { lockForChange } from '@flow/db/governance';
import type { Tx } from '@flow/db/client';
import { wakeWaiting } from '@flow/db/deployment';
import type { OperationContext } from '../context/index.ts';

/**
 * What rules look at is being changed in this transaction: it comes wholly before or wholly after every start that is being decided, and everything of the
 * tenant that waits for rules is looked at again; a change of the platform is one for every tenant. Called before the change is recorded.
 */
export async function lookAgain(ctx: OperationContext, tx: Tx): Promise<void> {
  await lockForChange(tx, ctx.tenantId);
  await wakeWaiting(tx, ctx.tenantId, ctx.now);
}
