import { isRunOver, runState } from '@flow/core/pipeline';
import { z } from 'zod';
import type { Database } from '../client/index.ts';
import { inTransaction } from '../client/index.ts';
import { appendEvents } from '../events/index.ts';

/** Where the log of a step comes from. */
export interface LogSource {
  tenantId: string;
  runId: string;
  stepId: string;
  clusterId: string;
  namespace: string;
  podName: string;
  /** The step has ended: its pod may be gone. */
  isOver: boolean;
}

const storedSteps = z.array(
  z.object({ finishedAt: z.string().nullish(), tries: z.array(z.object({ id: z.string(), podName: z.string() })) }),
);

/** Finds the pod of a step of a run; undefined when the step has none. */
export async function logSource(db: Database, tenantId: string, step: { runId: string; stepId: string }): Promise<LogSource | undefined> {
  const run = await db.prisma.pipelineRun.findUnique({
    where: { tenantId_id: { tenantId, id: step.runId } },
    select: { state: true, clusterId: true, stages: { select: { steps: true } }, segments: { select: { namespace: true }, take: 1 } },
  });
  const namespace = run?.segments[0]?.namespace;
  if (run === null || namespace === undefined) return undefined;
  const found = findTry(
    run.stages.flatMap((stage) => storedSteps.safeParse(stage.steps).data ?? []),
    step.stepId,
  );
  if (found === undefined) return undefined;
  const isOver = found.isOver || isRunOver(runState.parse(run.state));
  return { tenantId, runId: step.runId, stepId: step.stepId, clusterId: run.clusterId, namespace, podName: found.podName, isOver };
}

function findTry(steps: z.infer<typeof storedSteps>, id: string): { podName: string; isOver: boolean } | undefined {
  for (const { tries, finishedAt } of steps) {
    const found = tries.find((each) => each.id === id);
    // A try is over, too, when a later one has begun.
    if (found !== undefined) return { podName: found.podName, isOver: finishedAt != null || tries.at(-1) !== found };
  }
  return undefined;
}

/** How many lines of the step are kept already. */
export async function keptLineCount(db: Database, source: LogSource): Promise<number> {
  const last = await db.prisma.logChunk.findFirst({
    where: { tenantId: source.tenantId, runId: source.runId, stepId: source.stepId },
    orderBy: { ordinal: 'desc' },
    select: { firstLine: true, lineCount: true },
  });
  return last === null ? 0 : last.firstLine + last.lineCount - 1;
}

/** Keeps lines, with the event that tells who reads them. A chunk is named by its first line: the same lines written twice are one row. */
export async function appendLog(db: Database, source: LogSource, chunk: { firstLine: number; lines: readonly string[] }): Promise<void> {
  const { tenantId, runId, stepId } = source;
  const lineCount = chunk.lines.length;
  await inTransaction(db, async (tx) => {
    const row = { tenantId, runId, stepId, ordinal: chunk.firstLine, firstLine: chunk.firstLine, lineCount, text: chunk.lines.join('\n') };
    const { count } = await tx.logChunk.createMany({ data: [row], skipDuplicates: true });
    if (count === 0) return;
    await appendEvents(tx, [
      {
        tenantId,
        topics: [`log:${runId}:${stepId}`],
        type: 'log.appended',
        data: { runId, stepId, firstLine: chunk.firstLine, lineCount },
      },
    ]);
  });
}

/** Tells the readers of a step's log that nothing more will come. */
export async function endLog(db: Database, source: LogSource): Promise<void> {
  const { tenantId, runId, stepId } = source;
  await inTransaction(db, (tx) =>
    appendEvents(tx, [{ tenantId, topics: [`log:${runId}:${stepId}`], type: 'log.appended', data: { runId, stepId, ended: true } }]),
  );
}
