import { createHash } from 'node:crypto';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findEnvironment, findService } from '@flow/db/catalog';
import { closeDrift, findDriftScan, findRunningRelease, insertDrift, listDrift, saveComparison } from '@flow/db/drift';
import type { ComparedRelease, NewDrift } from '@flow/db/drift';
import { appendEvents } from '@flow/db/events';
import { insertNotification } from '@flow/db/notification';
import { z } from 'zod';
import { parseInput, recordChange, requireSystem } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

const difference = z.strictObject({
  object: z.string().min(1),
  path: z.string(),
  wanted: z.string().nullable(),
  found: z.string().nullable(),
  isHidden: z.boolean(),
  fingerprint: z.string().min(1),
  changedBy: z.string(),
  changedAt: z.date().nullable(),
});
export type ComparedDifference = z.infer<typeof difference>;

const id = z.string().min(1).max(64);
export const recordComparisonInput = z.strictObject({
  serviceId: id,
  targetId: id,
  /** The deployment that what runs was compared with. */
  deploymentId: id,
  /** When it was begun to be read. */
  triedAt: z.date(),
  /** Null when it could not be compared: what was known stays. */
  differences: z.array(difference).nullable(),
  /** Why it could not be, as people read it; empty when it could. */
  trouble: z.string().max(2_000),
});
type Compared = z.output<typeof recordComparisonInput>;

/** One release shows this many differences at most: more than that is another release. */
const differencesMax = 200;

/**
 * Keeps what a comparison found: what is new is told once, what is there no more is closed. Nothing is kept of a comparison that a deployment has overtaken.
 */
export async function recordComparison(ctx: OperationContext, input: z.input<typeof recordComparisonInput>): Promise<void> {
  requireSystem(ctx);
  const compared = parseInput(recordComparisonInput, input);
  const { serviceId, targetId, deploymentId, triedAt, differences, trouble } = compared;
  await inTransaction(ctx.db, async (tx) => {
    const release = await findRunningRelease(tx, ctx.tenantId, { serviceId, targetId });
    if (release === null || release.isMoving || release.deploymentId !== deploymentId) return;
    const before = await findDriftScan(tx, ctx.tenantId, { serviceId, targetId });
    const place = { serviceId, targetId, deploymentId, triedAt, trouble };
    await saveComparison(tx, ctx.tenantId, differences === null ? place : { ...place, comparedAt: ctx.now });
    if (isAwaited(before) || trouble !== (before?.trouble ?? '')) await showAnswer(ctx, tx, release);
    if (differences !== null) await keepDifferences(ctx, tx, { release, differences: differences.slice(0, differencesMax) });
  });
}

/** Whether somebody has asked for a comparison that was not made yet. */
function isAwaited(scan: Awaited<ReturnType<typeof findDriftScan>>): boolean {
  if (scan === null || scan.askedAt === null) return false;
  return scan.triedAt === null || scan.askedAt > scan.triedAt;
}

/** Whoever asked waits for the answer, also when nothing is new. */
async function showAnswer(ctx: OperationContext, tx: Tx, { serviceId, environmentId, targetId }: ComparedRelease): Promise<void> {
  const topics = [`service:${serviceId}`];
  await appendEvents(tx, [{ tenantId: ctx.tenantId, topics, type: 'service.changed', data: { serviceId, environmentId, targetId } }]);
}

async function keepDifferences(
  ctx: OperationContext,
  tx: Tx,
  { release, differences }: { release: ComparedRelease; differences: NonNullable<Compared['differences']> },
): Promise<void> {
  const { serviceId, targetId, environmentId, region, deploymentId } = release;
  const before = await listDrift(tx, ctx.tenantId, { serviceId, targetId });
  const found = differences.map((one) => ({ ...one, openKey: openKeyOf(release, one) }));
  const isSame = (left: { openKey: string | null; fingerprint: string }, right: { openKey: string | null; fingerprint: string }): boolean =>
    left.openKey === right.openKey && left.fingerprint === right.fingerprint;
  const gone = before.filter((one) => !found.some((other) => isSame(one, other)));
  const news = found.filter((one) => !before.some((other) => isSame(one, other)));
  if (gone.length === 0 && news.length === 0) return;
  await closeDrift(tx, ctx.tenantId, { ids: gone.map((one) => one.id), goneAt: ctx.now });
  const rows = news.map((one): NewDrift => ({
    id: ctx.newId(),
    serviceId,
    targetId,
    environmentId,
    region,
    deploymentId,
    ...one,
    foundAt: ctx.now,
  }));
  const newCount = await insertDrift(tx, ctx.tenantId, rows);
  const [first] = rows;
  if (newCount > 0 && first !== undefined) await tell(ctx, tx, { first, count: rows.length });
  await record(ctx, tx, { release, newCount, goneCount: gone.length, openCount: found.length });
}

/** Told once for all that a comparison found anew. */
async function tell(ctx: OperationContext, tx: Tx, { first, count }: { first: NewDrift; count: number }): Promise<void> {
  const where = `${first.region}: ${[first.object, first.path].filter((part) => part !== '').join(' ')}`;
  await insertNotification(tx, ctx.tenantId, {
    id: ctx.newId(),
    kind: 'driftFound',
    key: `drift/${first.id}`,
    deploymentId: first.deploymentId,
    approvalId: null,
    reason: count === 1 ? where : `${where}, and ${count - 1} more`,
    createdAt: ctx.now,
  });
}

async function record(
  ctx: OperationContext,
  tx: Tx,
  { release, ...counts }: { release: ComparedRelease; newCount: number; goneCount: number; openCount: number },
): Promise<void> {
  const { serviceId, environmentId, region, targetId } = release;
  const service = await findService(tx, ctx.tenantId, serviceId);
  const environment = await findEnvironment(tx, ctx.tenantId, environmentId);
  const place = `${service?.name ?? serviceId} in ${environment?.name ?? environmentId}, ${region}`;
  const said =
    counts.openCount === 0
      ? 'What runs is as it was deployed again'
      : `What runs is not as it was deployed: ${counts.newCount} found anew, ${counts.goneCount} gone, ${counts.openCount} in all`;
  await recordChange(ctx, tx, {
    action: counts.newCount > 0 ? 'drift.find' : 'drift.close',
    subject: `service:${serviceId}`,
    summary: `${place}: ${said.charAt(0).toLowerCase()}${said.slice(1)}`,
    after: { environmentId, targetId, ...counts },
    event: { type: 'service.changed', topics: [`service:${serviceId}`], data: { serviceId, environmentId, driftCount: counts.openCount } },
  });
}

function openKeyOf({ serviceId, targetId }: ComparedRelease, { object, path }: ComparedDifference): string {
  return createHash('sha256')
    .update(JSON.stringify([serviceId, targetId, object, path]), 'utf8')
    .digest('hex');
}
