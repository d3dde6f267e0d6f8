import type { Checkpoint } from '@flow/core/audit';
import { listCheckpoints } from '@flow/db/audit';
import type { Tx } from '@flow/db/client';
import type { CheckpointVerifier } from './checkpoint-key.ts';

/** The signed ends of a chain that the database holds, newest first: only those that this key has signed for this very chain count. */
export async function findKnownHeads(reader: Tx, tenantId: string, verifier: CheckpointVerifier | null): Promise<Checkpoint[]> {
  if (verifier === null) return [];
  const rows = await listCheckpoints(reader, tenantId);
  return rows.flatMap((row) => {
    const found = verifier.read(row.note);
    return found?.tenantId === tenantId ? [found] : [];
  });
}
