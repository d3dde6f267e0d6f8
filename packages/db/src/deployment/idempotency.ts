import type { Tx } from '../client/index.ts';

export interface KeptAnswer {
  inputHash: string;
  resultId: string;
}

/** The answer that was given to this key before, or null. */
export function findKeptAnswer(reader: Tx, tenantId: string, asked: { userId: string; key: string }): Promise<KeptAnswer | null> {
  return reader.idempotencyKey.findUnique({
    where: { tenantId_userId_key: { tenantId, ...asked } },
    select: { inputHash: true, resultId: true },
  });
}

/** Keeps the answer; false when another request with the same key was faster. */
export async function keepAnswer(
  tx: Tx,
  tenantId: string,
  kept: { userId: string; key: string; inputHash: string; resultId: string; createdAt: Date },
): Promise<boolean> {
  const { count } = await tx.idempotencyKey.createMany({ data: [{ tenantId, ...kept }], skipDuplicates: true });
  return count === 1;
}
