import { z } from 'zod';

const names = z.array(z.string().min(1).max(64)).max(200).default([]);

/** Where a rule, freeze, guardrail or gate is in force. An empty list is no limit: all empty is the whole platform. Lists are combined by "and". */
export const scope = z.strictObject({
  tenantIds: names,
  environmentKinds: names,
  environmentIds: names,
  serviceIds: names,
  tiers: names,
  /** One of the regions of the plan is enough. */
  regions: names,
  /** Every label must be there with this value. */
  labels: z.record(z.string().min(1).max(64), z.string().max(64)).default({}),
});
export type Scope = z.infer<typeof scope>;

/** The whole platform. */
export const everywhere: Scope = scope.parse({});

/** Where a request wants to go: one service in one environment, with the regions of its plan. */
export interface Place {
  tenantId: string;
  environmentId: string;
  environmentKind: string;
  serviceId: string;
  tier: string;
  regions: readonly string[];
  labels: Readonly<Record<string, string>>;
}

/** Whether the scope covers the place. */
export function matchesScope(where: Scope, place: Place): boolean {
  return (
    holds(where.tenantIds, place.tenantId) &&
    holds(where.environmentIds, place.environmentId) &&
    holds(where.serviceIds, place.serviceId) &&
    holds(where.environmentKinds, place.environmentKind) &&
    holds(where.tiers, place.tier) &&
    (where.regions.length === 0 || place.regions.some((region) => where.regions.includes(region))) &&
    holdsLabels(where.labels, place.labels)
  );
}

function holds(list: readonly string[], value: string): boolean {
  return list.length === 0 || list.includes(value);
}

function holdsLabels(wanted: Readonly<Record<string, string>>, found: Readonly<Record<string, string>>): boolean {
  for (const name in wanted) {
    if (!Object.hasOwn(found, name) || found[name] !== wanted[name]) return false;
  }
  return true;
}

/** The places that the scope covers, in their order. An empty answer is worth a warning at save: the rule would be in force nowhere. */
export function coveredBy<P extends Place>(where: Scope, places: readonly P[]): readonly P[] {
  return places.filter((place) => matchesScope(where, place));
}

/** How people read a scope: "production environments of tier 1 in eu-west". */
export function describeScope(where: Scope): string {
  const labels = Object.entries(where.labels).map(([name, value]) => `${name}=${value}`);
  const parts = [
    part('services', where.serviceIds),
    part('environments', where.environmentIds),
    part('kinds of environment', where.environmentKinds),
    part('tiers', where.tiers),
    part('regions', where.regions),
    part('labels', labels),
    part('tenants', where.tenantIds),
  ].filter((text) => text !== '');
  return parts.length === 0 ? 'the whole platform' : parts.join('; ');
}

function part(word: string, values: readonly string[]): string {
  return values.length === 0 ? '' : `${word} ${values.join(', ')}`;
}
