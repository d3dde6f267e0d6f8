import { hasFailed, mayBecome, targetMayBecome } from '@flow/core/deployment';
import type { Decision, DeploymentState, TargetState } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import type { MessageKind } from '@flow/core/notification';
import type { VerdictRecord } from '@flow/core/verdict';
import { byWorker, insertAuditEntry } from '../audit/index.ts';
import { inTransaction } from '../client/index.ts';
import type { Database, Tx } from '../client/index.ts';
import { appendEvents } from '../events/index.ts';
import { Prisma } from '../generated/client.ts';
import { wake, wakeWayBacks } from '../jobs/index.ts';
import { insertNotification } from '../notification/index.ts';
import { showLastSeen } from '../observation/index.ts';
import { leaveBehind, skippedBy, wakeCatchUpsOf } from './save-skipped.ts';

/** What was read, and what was decided on it. */
export interface DecidedDeployment {
  tenantId: string;
  id: string;
  serviceId: string;
  environmentId: string;
  artifactId: string;
  runId: string | null;
  version: number;
  state: DeploymentState;
  reason: string | null;
  startedAt: Date | null;
  targets: readonly {
    id: string;
    targetId: string;
    region: string;
    state: TargetState;
    reason: string | null;
    version: number;
    releaseRevision: number | null;
    startedAt: Date | null;
  }[];
  artifact: { version: string; digest: string };
}

/** Asked first in the transaction of a decision: whether it still holds. */
export type Permit = (tx: Tx) => Promise<boolean>;
/** What is to be written. */
export interface NextDecision {
  decision: Decision;
  now: Date;
  auditId: () => string;
  /** What the rules said, as it is recorded with what follows from it. */
  verdict: VerdictRecord;
  permit?: Permit | undefined;
  beside?: Beside | undefined;
}

/** States that follow from what the rules said. */
const followsVerdict: readonly DeploymentState[] = ['awaitingApproval', 'held', 'deploying', 'rejected'];

/** What else is written in the transaction of a decision, after it; with news also when nothing else has changed. */
export interface Beside {
  hasNews: boolean;
  write: (tx: Tx) => Promise<void>;
}

/**
 * Writes a decision, if nothing has changed since it was read: the one writer of the states of deployments and their targets.
 * The event, the audit row and the wake of the run that waits for it are in the same transaction. False: someone else was faster or it is not permitted any more, decide anew.
 */
export async function saveDecision(db: Database, read: DecidedDeployment, next: NextDecision): Promise<boolean> {
  refuseUnknownEdges(read, next.decision);
  if (!isChange(read, next.decision) && next.beside?.hasNews !== true) return true;
  return falseWhenUndone(() =>
    inTransaction(db, async (tx) => {
      if (next.permit !== undefined && !(await next.permit(tx))) throw undone;
      const isOurs = await writeDeployment(tx, read, next);
      if (!isOurs) throw undone;
      for (const target of next.decision.targets) await writeTarget(tx, read, { target, now: next.now });
      for (const target of skippedBy(read, next.decision)) await leaveBehind(tx, read, { target, next });
      await announceChange(tx, read, next);
      if (ended.includes(next.decision.state)) {
        await closeIntents(tx, read, next.now);
        await lookAtWaysBack(tx, read, next);
        await wakeCatchUpsOf(tx, read, next.now);
      }
      if (next.decision.state !== read.state && read.runId !== null)
        await wake(tx, { kind: 'run', key: read.runId, tenantId: read.tenantId, runAt: next.now });
      await next.beside?.write(tx);
      return true;
    }),
  );
}

/** Ends a transaction without leaving anything of it behind, what its permit has claimed included. */
const undone = new FlowError({ code: 'conflict', message: 'Somebody else was faster: decide anew' });

// The database decides between two deployments that were both allowed to start in one place: the second one decides anew.
async function falseWhenUndone(save: () => Promise<boolean>): Promise<boolean> {
  try {
    return await save();
  } catch (error) {
    if (error === undone) return false;
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') return false;
    throw error;
  }
}

function refuseUnknownEdges(read: DecidedDeployment, decision: Decision): void {
  if (!mayBecome(read.state, decision.state)) throw edgeFault(`deployment ${read.id}`, read.state, decision.state);
  for (const target of decision.targets) {
    const before = read.targets.find((candidate) => candidate.id === target.id);
    if (before !== undefined && !targetMayBecome(before.state, target.state))
      throw edgeFault(`target ${target.id}`, before.state, target.state);
  }
}

function edgeFault(what: string, from: string, to: string): FlowError {
  return new FlowError({ code: 'internal', message: `The ${what} cannot go from ${from} to ${to}` });
}

function isChange(read: DecidedDeployment, decision: Decision): boolean {
  if (read.state !== decision.state || read.reason !== decision.reason) return true;
  return decision.targets.some((target) => {
    const before = read.targets.find((candidate) => candidate.id === target.id);
    return before === undefined || before.state !== target.state || before.reason !== target.reason;
  });
}

const moving: readonly DeploymentState[] = ['deploying', 'baking', 'paused', 'rollingBack'];
const ended: readonly DeploymentState[] = ['succeeded', 'rolledBack', 'failed', 'rejected', 'expired', 'superseded', 'cancelled'];

async function writeDeployment(
  tx: Tx,
  read: DecidedDeployment,
  next: Pick<NextDecision, 'decision' | 'now' | 'verdict'>,
): Promise<boolean> {
  const { decision, now, verdict } = next;
  const written = await tx.deployment.updateMany({
    where: { tenantId: read.tenantId, id: read.id, version: read.version },
    data: {
      state: decision.state,
      reason: decision.reason,
      currentWave: decision.currentWave,
      waveFinishedAt: decision.waveFinishedAt,
      activePlace: moving.includes(decision.state) ? `${read.serviceId}/${read.environmentId}` : null,
      version: { increment: 1 },
      ...(decision.state !== read.state && followsVerdict.includes(decision.state) ? { verdict: jsonOf(verdict) } : {}),
      ...(decision.state === 'deploying' && read.startedAt === null ? { startedAt: now } : {}),
      ...(ended.includes(decision.state) && read.state !== decision.state ? { finishedAt: now } : {}),
      ...(decision.backCause === undefined ? {} : { backCause: decision.backCause }),
    },
  });
  return written.count === 1;
}

/** What was intended on an engine and did not come to be done before the deployment ended will not be done any more. */
async function closeIntents(tx: Tx, { tenantId, id }: DecidedDeployment, now: Date): Promise<void> {
  await tx.engineAction.updateMany({
    where: { tenantId, deploymentId: id, state: 'intended' },
    data: { state: 'refused', result: { reason: 'the deployment ended before it was done' }, finishedAt: now },
  });
}

/** What was touched runs something else now, or may: whether it can be rolled back is looked at anew. */
async function lookAtWaysBack(tx: Tx, read: DecidedDeployment, { decision, now }: Pick<NextDecision, 'decision' | 'now'>): Promise<void> {
  const after = new Map(decision.targets.map(({ id, state }) => [id, state]));
  const touched = read.targets.filter(({ id, state }) => !untouched.includes(after.get(id) ?? state));
  const { tenantId, serviceId } = read;
  await wakeWayBacks(tx, tenantId, { serviceId, targetIds: touched.map(({ targetId }) => targetId), at: now });
}

const untouched: readonly TargetState[] = ['pending', 'skipped'];
const targetEnded: readonly TargetState[] = ['healthy', 'rolledBack', 'failed', 'skipped'];

async function writeTarget(tx: Tx, read: DecidedDeployment, change: { target: Decision['targets'][number]; now: Date }): Promise<void> {
  const { target, now } = change;
  const before = read.targets.find((candidate) => candidate.id === target.id);
  if (before === undefined || (before.state === target.state && before.reason === target.reason)) return;
  await tx.targetDeployment.update({
    where: { tenantId_id: { tenantId: read.tenantId, id: target.id } },
    data: { state: target.state, reason: target.reason, version: { increment: 1 }, ...timesOf(before, target.state, now) },
  });
  if (before.state === 'pending') await showLastSeen(tx, { tenantId: read.tenantId, id: target.id });
  if (target.state === 'healthy' && before.state !== 'healthy') await recordRunning(tx, read, { before, now });
  if (target.state === 'rolledBack' && before.state !== 'rolledBack') await restoreRunning(tx, read, before.targetId);
}

/** The moments that a target comes to by its next state. */
function timesOf(
  before: DecidedDeployment['targets'][number],
  state: TargetState,
  now: Date,
): { startedAt?: Date; finishedAt?: Date; failedAt?: Date } {
  return {
    ...(before.startedAt === null && state === 'applying' ? { startedAt: now } : {}),
    ...(targetEnded.includes(state) ? { finishedAt: now } : {}),
    ...(hasFailed(state) && !hasFailed(before.state) ? { failedAt: now } : {}),
  };
}

/** What ran here before this deployment runs here again. */
async function restoreRunning(tx: Tx, read: DecidedDeployment, targetId: string): Promise<void> {
  const { tenantId, serviceId } = read;
  const ours = { tenantId, serviceId, targetId, deploymentId: read.id };
  const before = await tx.targetDeployment.findFirst({
    where: { tenantId, targetId, state: 'healthy', deploymentId: { not: read.id }, deployment: { serviceId } },
    orderBy: { finishedAt: 'desc' },
    include: { deployment: { include: { artifact: true } } },
  });
  if (before === null) {
    await tx.runningVersion.deleteMany({ where: ours });
    return;
  }
  const { artifact, artifactId, id } = before.deployment;
  await tx.runningVersion.updateMany({
    where: ours,
    data: {
      artifactId,
      deploymentId: id,
      version: artifact.version,
      digest: artifact.digest,
      releaseRevision: before.releaseRevision ?? 0,
      since: before.finishedAt ?? new Date(0),
    },
  });
}

async function recordRunning(
  tx: Tx,
  read: DecidedDeployment,
  seen: { before: DecidedDeployment['targets'][number]; now: Date },
): Promise<void> {
  const { tenantId, serviceId, environmentId, artifactId, artifact } = read;
  const { targetId, region, releaseRevision } = seen.before;
  const running = {
    environmentId,
    region,
    artifactId,
    deploymentId: read.id,
    version: artifact.version,
    digest: artifact.digest,
    releaseRevision: releaseRevision ?? 0,
    since: seen.now,
  };
  await tx.runningVersion.upsert({
    where: { tenantId_serviceId_targetId: { tenantId, serviceId, targetId } },
    create: { tenantId, serviceId, targetId, ...running },
    update: running,
  });
}

async function announceChange(tx: Tx, read: DecidedDeployment, next: NextDecision): Promise<void> {
  const { tenantId, id } = read;
  const { state, reason } = next.decision;
  await appendEvents(tx, [
    {
      tenantId,
      topics: [`deployment:${id}`, `service:${read.serviceId}`, `tenant:${tenantId}`],
      type: 'deployment.changed',
      data: { deploymentId: id, serviceId: read.serviceId, state, reason, targets: next.decision.targets.map((target) => ({ ...target })) },
    },
  ]);
  if (state === read.state) return;
  await tell(tx, read, next);
  await insertAuditEntry(tx, tenantId, {
    ...byWorker,
    id: next.auditId(),
    at: next.now,
    action: 'deployment.transition',
    subject: `deployment:${id}`,
    summary: `Deployment went from ${spoken(read.state)} to ${spoken(state)}${reason === null ? '' : `: ${reason}`}`,
    before: { state: read.state },
    after: { state, ...(followsVerdict.includes(state) ? { verdict: jsonOf(next.verdict) } : {}) },
  });
}

/** What whoever asked for it is told of, once for each end, for the first hold and for a stop at each wave. */
const told: Partial<Record<DeploymentState, MessageKind>> = {
  held: 'deploymentHeld',
  paused: 'deploymentPaused',
  failed: 'deploymentFailed',
  rolledBack: 'deploymentRolledBack',
};

async function tell(tx: Tx, read: DecidedDeployment, next: { decision: Decision; now: Date; auditId: () => string }): Promise<void> {
  const { state, reason } = next.decision;
  const kind = told[state];
  if (kind === undefined) return;
  await insertNotification(tx, read.tenantId, {
    id: next.auditId(),
    kind,
    key: `deployment/${read.id}/${state}${state === 'paused' ? `/${next.decision.currentWave}` : ''}`,
    deploymentId: read.id,
    approvalId: null,
    state,
    reason: reason ?? '',
    createdAt: next.now,
  });
}

function jsonOf({ reasons, ...answered }: VerdictRecord): Prisma.InputJsonObject {
  return { ...answered, reasons: reasons.map((reason) => ({ ...reason })) };
}

/** A state as people read it: `awaitingApproval` is "awaiting approval". */
function spoken(state: string): string {
  return state.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
