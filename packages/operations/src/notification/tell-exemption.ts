import type { MessageKind } from '@flow/core/notification';
import type { Tx } from '@flow/db/client';
import type { ExemptionRow } from '@flow/db/exemption';
import { insertNotification } from '@flow/db/notification';
import type { OperationContext } from '../context/index.ts';

type Told = Pick<ExemptionRow, 'id' | 'deploymentId'>;

/** Those who can give it are told that somebody asks. */
export async function tellWish(ctx: OperationContext, tx: Tx, told: Told): Promise<void> {
  await insert(ctx, tx, { told, kind: 'exemptionAsked' });
}

/** Whoever asked is told the answer. */
export async function tellAnswer(
  ctx: OperationContext,
  tx: Tx,
  { told, ...answer }: { told: Told; state: 'granted' | 'refused'; reason: string },
): Promise<void> {
  await insert(ctx, tx, { told, kind: 'exemptionAnswered', ...answer });
}

/** Everyone who can review it is told at once, and again when the review is due and still open. */
export async function tellBreakGlass(
  ctx: OperationContext,
  tx: Tx,
  { told, reviewDueAt }: { told: Told; reviewDueAt: Date },
): Promise<void> {
  await insert(ctx, tx, { told, kind: 'breakGlassTaken' });
  await insert(ctx, tx, { told, kind: 'reviewOverdue', tellAt: reviewDueAt });
}

async function insert(
  ctx: OperationContext,
  tx: Tx,
  { told, kind, ...more }: { told: Told; kind: MessageKind; state?: string; reason?: string; tellAt?: Date },
): Promise<void> {
  const { id: exemptionId, deploymentId } = told;
  const about = { deploymentId, approvalId: null, exemptionId };
  await insertNotification(tx, ctx.tenantId, {
    id: ctx.newId(),
    kind,
    key: `exemption/${exemptionId}/${kind}`,
    ...about,
    ...more,
    createdAt: ctx.now,
  });
}
