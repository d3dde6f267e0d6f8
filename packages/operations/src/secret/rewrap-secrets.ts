import { FlowError } from '@flow/core/fault';
import { inTransaction } from '@flow/db/client';
import { listSealedSecrets, replaceSealedSecret } from '@flow/db/secret';
import type { SealedSecret } from '@flow/db/secret';
import { recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import type { Sealer } from './envelope.ts';

export interface Rewrapped {
  /** Wrapped by the key of the installation now. */
  rewrappedCount: number;
  /** Were before. */
  currentCount: number;
  /** Rows whose secret neither key opens, as `table row`: it must be entered anew. */
  unreadable: readonly string[];
}

/**
 * Wraps the data key of every stored secret by the key of the installation, so that the one before is needed no more. Safe to repeat, and beside a Flow
 * that runs: a secret that is replaced meanwhile is left alone, since it is sealed under the new key.
 */
export async function rewrapSecrets(ctx: OperationContext, sealer: Sealer): Promise<Rewrapped> {
  requireSystem(ctx);
  const secrets = await listSealedSecrets(ctx.db.prisma);
  const unreadable: string[] = [];
  let rewrappedCount = 0;
  for (const secret of secrets) {
    const { isReadable, next } = rewrapped(sealer, secret);
    if (!isReadable) unreadable.push(`${secret.table} ${secret.rowId}`);
    if (next !== null && (await inTransaction(ctx.db, (tx) => replaceSealedSecret(tx, secret, next)))) rewrappedCount += 1;
  }
  const counts = { rewrappedCount, currentCount: secrets.length - rewrappedCount - unreadable.length };
  await inTransaction(ctx.db, (tx) =>
    recordChange(ctx, tx, {
      action: 'secret.rewrap',
      subject: 'installation',
      summary: `The key of the stored secrets was changed: ${rewrappedCount} wrapped anew, ${unreadable.length} cannot be opened`,
      after: { ...counts, unreadable },
    }),
  );
  return { ...counts, unreadable };
}

function rewrapped(sealer: Sealer, { table, column, rowId, sealed }: SealedSecret): { isReadable: boolean; next: string | null } {
  try {
    return { isReadable: true, next: sealer.rewrap(sealed, { table, column, rowId }) };
  } catch (error) {
    if (error instanceof FlowError) return { isReadable: false, next: null };
    throw error;
  }
}
