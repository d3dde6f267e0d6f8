import type { Tx } from '../client/index.ts';

export interface StageEnd {
  key: string;
  state: string;
  finishedAt: Date | null;
}

/** How far each stage of a run is. A run has at most some dozens. */
export function listStageEnds(reader: Tx, tenantId: string, runId: string): Promise<StageEnd[]> {
  return reader.stageRun.findMany({ where: { tenantId, runId }, select: { key: true, state: true, finishedAt: true }, take: 200 });
}
