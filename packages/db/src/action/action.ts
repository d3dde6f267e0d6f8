import { z } from 'zod';
import { inTransaction } from '../client/index.ts';
import type { Database, Tx } from '../client/index.ts';
import { appendEvents } from '../events/index.ts';
import type { NewEvent } from '../events/index.ts';
import type { EngineAction, Prisma } from '../generated/client.ts';

export const actionState = z.enum(['intended', 'done', 'refused', 'failed']);
export type ActionState = z.infer<typeof actionState>;

export interface Intent {
  tenantId: string;
  id: string;
  /** Idempotency key: the same intent written twice is one row. */
  key: string;
  kind: string;
  clusterId: string;
  target: Prisma.InputJsonObject;
  deploymentId?: string;
  targetDeploymentId?: string;
  runId?: string;
}

/** How an action ended, and what the pages are told of it. */
export interface ActionEnd {
  state: Exclude<ActionState, 'intended'>;
  result: Prisma.InputJsonObject;
  finishedAt: Date;
  events?: readonly NewEvent[];
}

/** Writes the intent before the act, or finds the one that an earlier life of the worker wrote. */
export async function intendAction(db: Database, intent: Intent): Promise<EngineAction> {
  await db.prisma.engineAction.createMany({ data: [{ ...intent, state: 'intended' }], skipDuplicates: true });
  return countTry(db, intent);
}

/** The same, but a new intent is written only if it is permitted in the very transaction that writes it; null when it is not. */
export async function intendIfPermitted(db: Database, intent: Intent, permit: (tx: Tx) => Promise<boolean>): Promise<EngineAction | null> {
  const { tenantId, key } = intent;
  const isIntended = await inTransaction(db, async (tx) => {
    if ((await tx.engineAction.count({ where: { tenantId, key } })) > 0) return true;
    if (!(await permit(tx))) return false;
    await tx.engineAction.createMany({ data: [{ ...intent, state: 'intended' }], skipDuplicates: true });
    return true;
  });
  return isIntended ? countTry(db, intent) : null;
}

function countTry(db: Database, { tenantId, key }: Intent): Promise<EngineAction> {
  return db.prisma.engineAction.update({ where: { tenantId_key: { tenantId, key } }, data: { attempts: { increment: 1 } } });
}

/** Counts a try of an action that is already written, before the act: a repeat after a crash knows that it is one. */
export async function beginAction(db: Database, action: { tenantId: string; id: string }): Promise<void> {
  await db.prisma.engineAction.updateMany({ where: { tenantId: action.tenantId, id: action.id }, data: { attempts: { increment: 1 } } });
}

/**
 * Records how an action ended, and tells the pages in the same transaction, so that no crash comes between. `failed` and `refused` are final: a person or
 * the machine must want something else. An action that has ended already stays as it is and is not told again.
 */
export async function recordAction(db: Database, action: { tenantId: string; id: string }, ended: ActionEnd): Promise<void> {
  await inTransaction(db, (tx) => recordActionWith(tx, action, ended));
}

/** The same in a transaction that keeps what the action made beside its record. False when it has ended already: then what a later try made is not to be kept. */
export async function recordActionWith(tx: Tx, action: { tenantId: string; id: string }, ended: ActionEnd): Promise<boolean> {
  const { finishedAt, events = [], ...outcome } = ended;
  const recorded = await tx.engineAction.updateMany({
    where: { tenantId: action.tenantId, id: action.id, state: 'intended' },
    data: { ...outcome, finishedAt },
  });
  if (recorded.count === 1) await appendEvents(tx, events);
  return recorded.count === 1;
}

/** Says why an intended action has not worked so far; it is tried again. */
export async function noteTrouble(db: Database, action: { tenantId: string; id: string }, trouble: string): Promise<void> {
  await db.prisma.engineAction.updateMany({
    where: { tenantId: action.tenantId, id: action.id, state: 'intended' },
    data: { result: { trouble } },
  });
}
