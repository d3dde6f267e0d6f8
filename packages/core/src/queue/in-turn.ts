/** A deployment that waits for room under a limit. */
export interface Waiting {
  deploymentId: string;
  tenantId: string;
  serviceId: string;
  askedAt: Date;
}

/** When a service of a tenant last had a start: whoever was served last stands behind those who were not. */
export interface Served {
  tenantId: string;
  serviceId: string;
  at: Date;
}

/**
 * The order in which those who wait get their turn: round robin over the tenants, within a tenant round robin over its services, and of one service in
 * the order in which they were asked for. Who was served longest ago, or never, comes first, so that nobody who asks often keeps others from their turn.
 * The order depends on what is given alone, and not on the order in which it is given.
 */
export function inTurn<W extends Waiting>(waiting: readonly W[], served: readonly Served[]): readonly W[] {
  const tenants = lanesOf(waiting.toSorted(byAge), served);
  let turn = Math.max(0, ...served.map(({ at }) => at.getTime()));
  const ordered: W[] = [];
  for (let tenant = first(tenants); tenant !== null; tenant = first(tenants)) {
    const service = first(tenant.services);
    const next = service?.queue[service.taken];
    if (service === null || next === undefined) break;
    ordered.push(next);
    turn += 1;
    service.taken += 1;
    service.servedAt = turn;
    service.head = service.queue[service.taken] ?? null;
    tenant.servedAt = turn;
    tenant.head = first(tenant.services)?.head ?? null;
  }
  return ordered;
}

interface Lane<W> {
  servedAt: number;
  /** Who is next here; null when nobody waits any more. */
  head: W | null;
}
interface ServiceLane<W> extends Lane<W> {
  queue: W[];
  taken: number;
}
interface TenantLane<W> extends Lane<W> {
  services: ServiceLane<W>[];
}

function lanesOf<W extends Waiting>(sorted: readonly W[], served: readonly Served[]): readonly TenantLane<W>[] {
  const byTenant = new Map<string, Map<string, W[]>>();
  for (const one of sorted) {
    const services = byTenant.get(one.tenantId) ?? new Map<string, W[]>();
    byTenant.set(one.tenantId, services);
    services.set(one.serviceId, [...(services.get(one.serviceId) ?? []), one]);
  }
  return [...byTenant].map(([tenantId, byService]) => {
    const ofTenant = served.filter((one) => one.tenantId === tenantId);
    const services = [...byService].map(([serviceId, queue]) => {
      const servedAt = latestOf(ofTenant.filter((one) => one.serviceId === serviceId));
      return { servedAt, queue, taken: 0, head: queue[0] ?? null };
    });
    return { servedAt: latestOf(ofTenant), services, head: first(services)?.head ?? null };
  });
}

function latestOf(served: readonly Served[]): number {
  return Math.max(-Infinity, ...served.map(({ at }) => at.getTime()));
}

/** Of the lanes in which somebody waits the one that was served longest ago; of several the one whose head has waited longest. */
function first<W extends Waiting, L extends Lane<W>>(lanes: readonly L[]): L | null {
  let found: { lane: L; head: W } | null = null;
  for (const lane of lanes) {
    const { head } = lane;
    if (head !== null && (found === null || comesBefore({ lane, head }, found))) found = { lane, head };
  }
  return found?.lane ?? null;
}

function comesBefore<W extends Waiting>(one: { lane: Lane<W>; head: W }, other: { lane: Lane<W>; head: W }): boolean {
  if (one.lane.servedAt !== other.lane.servedAt) return one.lane.servedAt < other.lane.servedAt;
  return byAge(one.head, other.head) < 0;
}

function byAge(left: Waiting, right: Waiting): number {
  return left.askedAt.getTime() - right.askedAt.getTime() || (left.deploymentId < right.deploymentId ? -1 : 1);
}
