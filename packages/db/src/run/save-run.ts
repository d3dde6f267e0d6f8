import { FlowError } from '@flow/core/fault';
import { isRunOver, runMayBecome } from '@flow/core/pipeline';
import type { RunDecision, RunState, StageState } from '@flow/core/pipeline';
import { z } from 'zod';
import { byWorker, insertAuditEntry } from '../audit/index.ts';
import { inTransaction } from '../client/index.ts';
import type { Database, Tx } from '../client/index.ts';
import { wakeWaitingOfService } from '../deployment/index.ts';
import { appendEvents } from '../events/index.ts';
import type { Prisma } from '../generated/client.ts';
import { wake } from '../jobs/index.ts';

/** A step of a stage as it is stored; pages read it as `StepRow`. */
export interface StoredStep {
  /** Key of the step in its stage. */
  id: string;
  name: string;
  state: 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped';
  reason: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  /** Number of the newest try, from 1 up. */
  attempt: number;
  /** The newest try: its log is kept under this. */
  logId: string | null;
  needs: string[];
  /** Every try, oldest first: each has a pod and a log of its own, kept under its id. */
  tries: { id: string; podName: string; startedAt: string | null }[];
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
  steps: ReadonlyMap<string, readonly StoredStep[]>;
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
    await wakeLogs(tx, read, { changes, now: next.now });
    // Gates of what it has built look at its stages.
    if (changes.some(({ state, before }) => state !== before.state && stageEnded.includes(state)))
      await wakeWaitingOfService(tx, read.tenantId, { serviceId: read.serviceId, at: next.now });
    await announceRun(tx, read, { next, changes });
    return true;
  });
}

interface StageChange {
  key: string;
  before: DecidedRun['stages'][number];
  state: StageState;
  reason: string | null;
  steps: readonly StoredStep[] | undefined;
}

function stageChanges(read: DecidedRun, next: NextRun): StageChange[] {
  return read.stages.flatMap((before) => {
    const decided = next.decision.stages.find((stage) => stage.key === before.key) ?? before;
    const steps = next.steps.get(before.key);
    const isSame =
      decided.state === before.state &&
      decided.reason === before.reason &&
      (steps === undefined || JSON.stringify(steps) === JSON.stringify(before.steps));
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
      ...(change.steps === undefined
        ? {}
        : { steps: change.steps.map((step) => ({ ...step, tries: step.tries.map((each) => ({ ...each })) })) }),
      ...(change.before.startedAt === null && (change.state === 'running' || change.state === 'waiting') ? { startedAt: now } : {}),
      ...(stageEnded.includes(change.state) ? { finishedAt: now } : {}),
    },
  });
}

const storedSteps = z.array(z.object({ tries: z.array(z.object({ id: z.string(), startedAt: z.string().nullable() })) }));

/** Each try whose pod has started gets its log followed, once. */
async function wakeLogs(tx: Tx, read: DecidedRun, { changes, now }: { changes: readonly StageChange[]; now: Date }): Promise<void> {
  for (const change of changes) {
    const before = storedSteps.safeParse(change.before.steps).data ?? [];
    const known = new Set(before.flatMap((step) => step.tries.filter((each) => each.startedAt !== null).map((each) => each.id)));
    const started = (change.steps ?? []).flatMap((step) => step.tries.filter((each) => each.startedAt !== null && !known.has(each.id)));
    for (const each of started) await wake(tx, { kind: 'logs', key: `${read.id}/${each.id}`, tenantId: read.tenantId, runAt: now });
  }
}

async function announceRun(tx: Tx, read: DecidedRun, { next, changes }: { next: NextRun; changes: readonly StageChange[] }): Promise<void> {
  const { tenantId, id } = read;
  const { state, reason } = next.decision;
  const topics = [`run:${id}`, `service:${read.serviceId}`, `tenant:${tenantId}`];
  const stages: Prisma.InputJsonArray = changes.map((change) => ({ key: change.key, state: change.state, reason: change.reason }));
  await appendEvents(tx, [
    { tenantId, topics, type: 'run.changed', data: { runId: id, serviceId: read.serviceId, state, reason, stages } },
  ]);
  if (state === read.state) return;
  await insertAuditEntry(tx, tenantId, {
    ...byWorker,
    id: next.auditId(),
    at: next.now,
    action: 'run.transition',
    subject: `run:${id}`,
    summary: reason === null ? `Run went from ${read.state} to ${state}` : `Run went from ${read.state} to ${state}: ${reason}`,
    before: { state: read.state },
    after: { state },
  });
}
