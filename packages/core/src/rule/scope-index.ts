import { matchesScope } from './scope.ts';
import type { Place, Scope } from './scope.ts';

/** Anything that is in force in a scope. */
export interface Scoped {
  id: string;
  scope: Scope;
}

/** Answers which of many scoped things cover a place, at the price of those that may. */
export interface ScopeIndex<T extends Scoped> {
  /** In the order of their ids, whatever order they were given in. */
  covering(place: Place): readonly T[];
  size: number;
}

/**
 * Puts each item under the narrowest list of its scope (service, environment, tenant, label, tier, kind, region, else everywhere), so that
 * a question looks at its own buckets only: 10,000 rules of other tenants cost nothing. What was found for the last place is kept: a look ahead asks about
 * the same one hundreds of times, and no place is ever changed.
 */
export function indexByScope<T extends Scoped>(items: readonly T[]): ScopeIndex<T> {
  const buckets = new Map<string, T[]>();
  for (const item of items.toSorted(byId)) {
    for (const key of new Set(keysOf(item.scope))) {
      const bucket = buckets.get(key);
      if (bucket === undefined) buckets.set(key, [item]);
      else bucket.push(item);
    }
  }
  let last: { place: Place; found: readonly T[] } | null = null;
  const find = (place: Place): readonly T[] => {
    const lists = keysOfPlace(place).flatMap((key) => {
      const bucket = buckets.get(key);
      return bucket === undefined ? [] : [bucket.filter((item) => matchesScope(item.scope, place))];
    });
    // Each list is in order and names an item once; what is in several of them is there more than once.
    return lists.length === 1 ? (lists[0] ?? []) : [...new Set(lists.flat())].toSorted(byId);
  };
  return {
    size: items.length,
    covering(place) {
      if (items.length === 0) return [];
      if (last?.place !== place) last = { place, found: find(place) };
      return last.found;
    },
  };
}

/** Orders scoped things by their ids. */
export function byId(left: { id: string }, right: { id: string }): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

function keysOf(where: Scope): readonly string[] {
  if (where.serviceIds.length > 0) return where.serviceIds.map((id) => `service ${id}`);
  if (where.environmentIds.length > 0) return where.environmentIds.map((id) => `environment ${id}`);
  if (where.tenantIds.length > 0) return where.tenantIds.map((id) => `tenant ${id}`);
  const [label] = Object.entries(where.labels);
  if (label !== undefined) return [`label ${label[0]}=${label[1]}`];
  if (where.tiers.length > 0) return where.tiers.map((tier) => `tier ${tier}`);
  if (where.environmentKinds.length > 0) return where.environmentKinds.map((kind) => `kind ${kind}`);
  if (where.regions.length > 0) return where.regions.map((region) => `region ${region}`);
  return ['everywhere'];
}

let lastKeys: { place: Place; keys: readonly string[] } | null = null;

/** Asked by each kind of policy for the same place. */
function keysOfPlace(place: Place): readonly string[] {
  if (lastKeys?.place !== place) lastKeys = { place, keys: keysFor(place) };
  return lastKeys.keys;
}

function keysFor(place: Place): readonly string[] {
  return [
    `service ${place.serviceId}`,
    `environment ${place.environmentId}`,
    `tenant ${place.tenantId}`,
    ...Object.entries(place.labels).map(([name, value]) => `label ${name}=${value}`),
    `tier ${place.tier}`,
    `kind ${place.environmentKind}`,
    ...place.regions.map((region) => `region ${region}`),
    'everywhere',
  ];
}
