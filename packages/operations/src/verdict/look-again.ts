import { listWaitingForRules } from '@flow/db/deployment';
import type { Tx } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import type { OperationContext } from '../context/index.ts';

/** What rules look at has changed: everything of the tenant that waits for them is looked at again. Others are looked at within a minute anyway. */
export async function lookAgain(ctx: OperationContext, tx: Tx): Promise<void> {
  for (const key of await listWaitingForRules(tx, ctx.tenantId))
    await wake(tx, { kind: 'deployment', key, tenantId: ctx.tenantId, runAt: ctx.now });
}
