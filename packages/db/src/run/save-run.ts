import { FlowError } from '@flow/core/fault';
import { isRunOver, runMayBecome } from '@flow/core/pipeline';
import type { RunDecision, RunState, StageState } from '@flow/core/pipeline';
import { inTransaction } from '../client/index.ts';
import type { Database, Tx } from '../client/index.ts';
import { appendEvents } from '../events/index.ts';
import type { Prisma } from '../generated/client.ts';
import { wake } from '../jobs/index.ts';

/** A step of a stage as the pages show it. */
export interface StepRow {
  /** Node of the step in its Workflow; the log is kept under it. */
  id: string;
  key: string;
  name: string;
  state: string;
  message: string;
  podName: string | null;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface DecidedRun {
  tenantId: string;
  id: string;
  serviceId: string;
  version: number;
  state: RunState;
  reason: string | null;
  startedAt: Date | null;
  stages: readonly { key: string; state: StageState; reason: string | null; steps: unknown; startedAt: Date | null }[];
}

export interface NextRun {
  decision: RunDecision;
  /** Steps by stage key, as the engine shows them now. */
  steps: ReadonlyMap<string, readonly StepRow[]>;
  now: Date;
  auditId: () => string;
}

/** Writes a decision on a run if nothing has changed since it was read: the one writer of the states of runs and stages. False: decide anew. */
export async function saveRunDecision(db: Database, read: DecidedRun, next: NextRun): Promise<boolean> {
  const { decision } = next;
  if (!runMayBecome(read.state, decision.state)) {
    throw new FlowError({ code: 'internal', message: `The run ${read.id} cannot go from ${read.state} to ${decision.state}` });
  }
  const changes = stageChanges(read, next);
  if (changes.length === 0 && read.state === decision.state && read.reason === decision.reason) return true;
  return inTransaction(db, async (tx) => {
    if (!(await writeRun(tx, read, next))) return false;
    for (const change of changes) await writeStage(tx, read, { change, now: next.now });
    await wakeLogs(tx, read, changes, next.now);
    await announceRun(tx, read, { next, changes });
    return true;
  });
}

interface StageChange {
  key: string;
  before: DecidedRun['stages'][number];
  state: StageState;
  reason: string | null;
  steps: readonly StepRow[] | undefined;
}

function stageChanges(read: DecidedRun, next: NextRun): StageChange[] {
  return read.stages.flatMap((before) => {
    const decided = next.decision.stages.find((stage) => stage.key === before.key) ?? before;
    const steps = next.steps.get(before.key);
    const isSame = decided.state === before.state && decided.reason === before.reason && (steps === undefined || JSON.stringify(steps) === JSON.stringify(before.steps));
    return isSame ? [] : [{ key: before.key, before, state: decided.state, reason: decided.reason, steps }];
  });
}

async function writeRun(tx: Tx, read: DecidedRun, { decision, now }: NextRun): Promise<boolean> {
  const written = await tx.pipelineRun.updateMany({
    where: { tenantId: read.tenantId, id: read.id, version: read.version },
    data: {
      state: decision.state,
      reason: decision.reason,
      version: { increment: 1 },
      ...(decision.state === 'running' && read.startedAt === null ? { startedAt: now } : {}),
      ...(isRunOver(decision.state) ? { finishedAt: now } : {}),
    },
  });
  return written.count === 1;
}

const stageEnded: readonly StageState[] = ['succeeded', 'failed', 'skipped', 'cancelled'];

async function writeStage(tx: Tx, read: DecidedRun, { change, now }: { change: StageChange; now: Date }): Promise<void> {
  await tx.stageRun.update({
    where: { tenantId_runId_key: { tenantId: read.tenantId, runId: read.id, key: change.key } },
    data: {
      state: change.state,
      reason: change.reason,
      ...(change.steps === undefined ? {} : { steps: change.steps.map((step) => ({ ...step })) }),
      ...(change.before.startedAt === null && (change.state === 'running' || change.state === 'waiting') ? { startedAt: now } : {}),
      ...(stageEnded.includes(change.state) ? { finishedAt: now } : {}),
    },
  });
}

/** Each step whose pod is there gets its log followed; a step that is followed already, or was, is passed over. */
async function wakeLogs(tx: Tx, read: DecidedRun, changes: readonly StageChange[], now: Date): Promise<void> {
  for (const change of changes) {
    const before: unknown[] = Array.isArray(change.before.steps) ? change.before.steps : [];
    const known = new Set(before.filter((step) => isWithPod(step)).map((step) => step.id));
    for (const step of change.steps ?? []) {
      if (step.podName !== null && step.startedAt !== null && !known.has(step.id)) {
        await wake(tx, { kind: 'logs', key: `${read.id}/${step.id}`, tenantId: read.tenantId, runAt: now });
      }
    }
  }
}

function isWithPod(step: unknown): step is { id: string; podName: string; startedAt: string } {
  return typeof step === 'object' && step !== null && 'podName' in step && step.podName !== null && 'startedAt' in step && step.startedAt !== null && 'id' in step;
}

async function announceRun(tx: Tx, read: DecidedRun, { next, changes }: { next: NextRun; changes: readonly StageChange[] }): Promise<void> {
  const { tenantId, id } = read;
  const { state, reason } = next.decision;
  const topics = [`run:${id}`, `service:${read.serviceId}`, `tenant:${tenantId}`];
  const stages: Prisma.InputJsonArray = changes.map((change) => ({ key: change.key, state: change.state, reason: change.reason }));
  await appendEvents(tx, [{ tenantId, topics, type: 'run.changed', data: { runId: id, serviceId: read.serviceId, state, reason, stages } }]);
  if (state === read.state) return;
  await tx.auditEntry.create({
    data: {
      tenantId,
      id: next.auditId(),
      at: next.now,
      actor: 'worker',
      actorName: 'Flow',
      action: 'run.transition',
      subject: `run:${id}`,
      summary: reason === null ? `Run went from ${read.state} to ${state}` : `Run went from ${read.state} to ${state}: ${reason}`,
      before: { state: read.state },
      after: { state },
    },
  });
}
