import { inTurn } from '@flow/core/queue';
import type { ReasonEffect, ReasonSource } from '@flow/core/verdict';
import type { Tx } from '@flow/db/client';
import { listWaitingDeployments } from '@flow/db/deployment';
import type { WaitingRow } from '@flow/db/deployment';
import { findNames } from '@flow/db/person';
import { findPolicyTitles } from '@flow/db/policy';
import { listLastStarts, listStandingFindings, listWaitingForLimits } from '@flow/db/verdict';
import { z } from 'zod';
import { parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

export const listQueueInput = z.strictObject({
  cursor: z.string().max(300).optional(),
  limit: z.number().int().min(1).max(100).default(50),
});

/** What stands against a deployment that waits, and since when. */
export interface StandingReason {
  source: ReasonSource;
  policyId: string;
  effect: ReasonEffect;
  sentence: string;
  since: Date;
  earliestAt: Date | null;
}

/** Its place in the queue of one limit: the first is next. */
export interface QueuePlace {
  limitId: string;
  limit: string;
  position: number;
  length: number;
}

export interface QueueRow extends WaitingRow {
  requestedByName: string | null;
  reasons: StandingReason[];
  places: QueuePlace[];
  /** When time alone will have lifted everything; null when it will not. */
  earliestAt: Date | null;
}

const servedWithinMs = 24 * 60 * 60 * 1_000;

/** Everything that waits in the tenant, oldest first, with why, since when, until when, and its place in each queue. */
export async function listQueue(
  ctx: OperationContext,
  input: z.input<typeof listQueueInput>,
): Promise<{ items: QueueRow[]; nextCursor: string | null }> {
  requireRight(ctx, 'deployment:read');
  const query = parseInput(listQueueInput, input);
  const reader = ctx.db.prisma;
  const page = await listWaitingDeployments(reader, ctx.tenantId, query);
  const ids = page.items.map(({ id }) => id);
  const [findings, names, places] = await Promise.all([
    listStandingFindings(reader, ctx.tenantId, ids),
    findNames(
      reader,
      page.items.map(({ requestedBy }) => requestedBy),
    ),
    loadPlaces(ctx, reader, ids),
  ]);
  const items = page.items.map((row) => {
    const reasons = findings
      .filter(({ deploymentId }) => deploymentId === row.id)
      .map(({ source, policyId, effect, sentence, beganAt, earliestAt }) => ({
        source,
        policyId,
        effect,
        sentence,
        since: beganAt,
        earliestAt,
      }));
    return {
      ...row,
      requestedByName: names.get(row.requestedBy ?? '') ?? null,
      reasons,
      places: places.get(row.id) ?? [],
      earliestAt: latestOf(reasons),
    };
  });
  return { items, nextCursor: page.nextCursor };
}

function latestOf(reasons: readonly StandingReason[]): Date | null {
  const times = reasons.flatMap(({ earliestAt }) => earliestAt?.getTime() ?? []);
  return times.length === 0 || times.length < reasons.length ? null : new Date(Math.max(...times));
}

async function loadPlaces(ctx: OperationContext, reader: Tx, ids: readonly string[]): Promise<Map<string, QueuePlace[]>> {
  const findings = await listStandingFindings(reader, ctx.tenantId, ids);
  const limitIds = [...new Set(findings.flatMap(limitsOf))];
  const waiting = await listWaitingForLimits(reader, ctx.tenantId, { limitIds, notDeploymentId: null });
  const since = new Date(ctx.now.getTime() - servedWithinMs);
  const tenants = waiting.map(({ tenantId }) => tenantId);
  const [served, titles] = await Promise.all([listLastStarts(reader, tenants, since), findPolicyTitles(reader, ctx.tenantId, limitIds)]);
  const places = new Map<string, QueuePlace[]>();
  for (const limitId of limitIds) {
    const ordered = inTurn(
      waiting.filter((one) => one.limitId === limitId),
      served,
    );
    for (const [index, { deploymentId }] of ordered.entries()) {
      const place = { limitId, limit: titles.get(limitId) ?? limitId, position: index + 1, length: ordered.length };
      places.set(deploymentId, [...(places.get(deploymentId) ?? []), place]);
    }
  }
  return places;
}

/** The limits in whose queues a deployment stands by this finding. */
function limitsOf({ isLimit, policyId, waitsFor }: { isLimit: boolean; policyId: string; waitsFor: readonly string[] }): readonly string[] {
  if (!isLimit) return [];
  const queues = waitsFor.filter((token) => token.startsWith('queue:')).map((token) => token.slice('queue:'.length));
  return policyId === 'its-turn' ? queues : [policyId];
}
