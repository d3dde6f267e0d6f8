import type { Tx } from '../client/index.ts';

export interface InstallationRow {
  setUpAt: Date | null;
  isDemo: boolean;
}

/** Whether this installation was set up, and whether it is the demo. */
export async function findInstallation(reader: Tx): Promise<InstallationRow> {
  const row = await reader.installation.findUnique({ where: { id: 1 }, select: { setUpAt: true, isDemo: true } });
  return row ?? { setUpAt: null, isDemo: false };
}

/**
 * Claims the one set-up of this installation: true for exactly one caller, however many try at once.
 */
export async function claimSetUp(tx: Tx, setUpAt: Date): Promise<boolean> {
  await tx.installation.createMany({ data: [{ id: 1 }], skipDuplicates: true });
  const { count } = await tx.installation.updateMany({ where: { id: 1, setUpAt: null }, data: { setUpAt } });
  return count === 1;
}

/** Marks the installation as the demo, whose passwords are known to everyone. */
export async function markAsDemo(tx: Tx): Promise<void> {
  await tx.installation.upsert({ where: { id: 1 }, create: { id: 1, isDemo: true }, update: { isDemo: true } });
}
