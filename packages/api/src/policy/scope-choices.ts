import { listPlaces } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { z } from 'zod';

/** What a scope can name here, with the names that people know it by. */
export const scopeChoices = z.object({
  services: z.array(z.object({ id: z.string(), name: z.string() })),
  environments: z.array(z.object({ id: z.string(), name: z.string() })),
  kinds: z.array(z.string()),
  tiers: z.array(z.string()),
  regions: z.array(z.string()),
});

/** Every service, environment, kind, tier and region of the tenant, each once. */
export async function listScopeChoices(reader: Tx, tenantId: string): Promise<z.output<typeof scopeChoices>> {
  const places = await listPlaces(reader, tenantId);
  return {
    services: named(places.map((place) => [place.serviceId, place.serviceName])),
    environments: named(places.map((place) => [place.environmentId, place.environmentName])),
    kinds: distinct(places.map((place) => place.environmentKind)),
    tiers: distinct(places.map((place) => place.tier)),
    regions: distinct(places.flatMap((place) => place.regions)),
  };
}

function named(pairs: readonly (readonly [string, string])[]): { id: string; name: string }[] {
  return [...new Map(pairs)].map(([id, name]) => ({ id, name })).toSorted((left, right) => left.name.localeCompare(right.name));
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted();
}
