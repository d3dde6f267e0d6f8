import { inTurn } from '@flow/core/queue';
import type { Tx } from '@flow/db/client';
import { wake } from '@flow/db/jobs';
import { listLastStarts, listLimitsWaitedFor, listWaitingForLimits } from '@flow/db/verdict';
import type { WaitingForLimit } from '@flow/db/verdict';

const servedWithinMs = 24 * 60 * 60 * 1_000;

/**
 * There may be room now under limits that the tenant waits for: whoever is next is looked at, in each queue the first for each region and each cluster. Those
 * behind are looked at when the first has gone: an end disturbs one of a thousand that wait, and not all.
 */
export async function wakeNext(tx: Tx, tenantId: string, at: Date): Promise<void> {
  const limitIds = await listLimitsWaitedFor(tx, tenantId);
  const waiting = await listWaitingForLimits(tx, tenantId, { limitIds, notDeploymentId: null });
  if (waiting.length === 0) return;
  const tenants = waiting.map((one) => one.tenantId);
  const served = await listLastStarts(tx, tenants, new Date(at.getTime() - servedWithinMs));
  const next = new Map<string, WaitingForLimit>();
  for (const limitId of limitIds) {
    const ordered = inTurn(
      waiting.filter((one) => one.limitId === limitId),
      served,
    );
    for (const one of firstOfEachPlace(ordered)) next.set(one.deploymentId, one);
  }
  // In the order of their ids, so that two who wake the same do not wait for each other.
  const sorted = [...next.values()].toSorted((left, right) => (left.deploymentId < right.deploymentId ? -1 : 1));
  for (const one of sorted) await wake(tx, { kind: 'deployment', key: one.deploymentId, tenantId: one.tenantId, runAt: at });
}

function firstOfEachPlace(ordered: readonly WaitingForLimit[]): readonly WaitingForLimit[] {
  const taken = new Set<string>();
  return ordered.filter(({ regions, clusterIds }) => {
    const places = [...regions.map((region) => `region ${region}`), ...clusterIds.map((id) => `cluster ${id}`)];
    const isFirst = places.some((place) => !taken.has(place));
    for (const place of places) taken.add(place);
    return isFirst;
  });
}
