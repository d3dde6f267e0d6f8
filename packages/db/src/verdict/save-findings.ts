import type { Said, SaidChanges } from '@flow/core/verdict';
import type { Tx } from '../client/index.ts';

/** What it is said of. */
export interface FindingSubject {
  /** Null for what was refused when it was asked for. */
  deploymentId: string | null;
  serviceId: string;
  environmentId: string;
  artifactId: string;
  digest: string;
}

/** Writes what is said now where it differs from what is kept: what began, what is told in other words, what has ended. */
export async function saveFindings(
  tx: Tx,
  tenantId: string,
  { subject, changes, at, newId }: { subject: FindingSubject; changes: SaidChanges; at: Date; newId: () => string },
): Promise<void> {
  const { begun, changed, endedIds } = changes;
  if (endedIds.length > 0) await tx.policyFinding.updateMany({ where: { tenantId, id: { in: [...endedIds] } }, data: { endedAt: at } });
  for (const { id, ...said } of changed) await tx.policyFinding.updateMany({ where: { tenantId, id }, data: stored(said) });
  if (begun.length > 0)
    await tx.policyFinding.createMany({ data: begun.map((said) => ({ tenantId, id: newId(), ...subject, ...stored(said), beganAt: at })) });
}

/** It waits no more: nothing is said of it any longer. */
export async function endFindings(tx: Tx, tenantId: string, { deploymentId, at }: { deploymentId: string; at: Date }): Promise<void> {
  await tx.policyFinding.updateMany({ where: { tenantId, deploymentId, endedAt: null }, data: { endedAt: at } });
}

/** Keeps what was said of something that was refused at once: it began and ended in that moment. */
export async function saveRefusalFindings(
  tx: Tx,
  tenantId: string,
  { subject, said, at, newId }: { subject: FindingSubject; said: readonly Said[]; at: Date; newId: () => string },
): Promise<void> {
  await tx.policyFinding.createMany({
    data: said.map((one) => ({ tenantId, id: newId(), ...subject, ...stored(one), beganAt: at, endedAt: at })),
  });
}

function stored({ waitsFor, ...said }: Said): Omit<Said, 'waitsFor'> & { waitsFor: string[] } {
  return { ...said, waitsFor: [...waitsFor] };
}
