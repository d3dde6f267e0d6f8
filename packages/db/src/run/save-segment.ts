import type { Database } from '../client/index.ts';

interface RunKey {
  tenantId: string;
  id: string;
}

/** Keeps which Workflow a segment became. */
export async function saveSegmentUid(db: Database, run: RunKey, segment: { ordinal: number; workflowUid: string }): Promise<void> {
  await db.prisma.runSegment.updateMany({
    where: { tenantId: run.tenantId, runId: run.id, ordinal: segment.ordinal },
    data: { workflowUid: segment.workflowUid, state: 'running' },
  });
}

/** Notes that the Workflow of a segment was ended at a gate that waits for long. Safe to repeat. */
export async function saveSegmentParked(db: Database, run: RunKey, ordinal: number): Promise<void> {
  await db.prisma.runSegment.updateMany({ where: { tenantId: run.tenantId, runId: run.id, ordinal }, data: { state: 'parked' } });
}

/** Adds the segment that goes on after a wait. Safe to repeat: the same ordinal is the same segment. */
export async function saveNextSegment(
  db: Database,
  run: RunKey,
  segment: { ordinal: number; namespace: string; stageKeys: readonly string[] },
): Promise<void> {
  const { ordinal, namespace, stageKeys } = segment;
  await db.prisma.runSegment.createMany({
    data: [{ tenantId: run.tenantId, runId: run.id, ordinal, namespace, stageKeys: [...stageKeys], workflowName: '', state: 'intended' }],
    skipDuplicates: true,
  });
}
