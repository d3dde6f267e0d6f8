import { z } from 'zod';

const names = z.array(z.string()).catch([]);

/** The scope of a document as it came from the server, read leniently: a part that is not there is no limit. */
export const scopeDocument = z
  .object({
    tenantIds: names,
    environmentKinds: names,
    environmentIds: names,
    serviceIds: names,
    tiers: names,
    regions: names,
    labels: z.record(z.string(), z.string()).catch({}),
  })
  .catch({ tenantIds: [], environmentKinds: [], environmentIds: [], serviceIds: [], tiers: [], regions: [], labels: {} });
export type ScopeDocument = z.output<typeof scopeDocument>;

/** Names of the ids that a scope can hold. */
export interface ScopeNames {
  services: readonly { id: string; name: string }[];
  environments: readonly { id: string; name: string }[];
}

/** How people read a scope: "Checkout, Cart; production; tier 1". All of it must hold; an empty scope is everything here. */
export function scopeText(document: unknown, known: ScopeNames): string {
  const scope = scopeDocument.parse(document);
  const parts = [
    listText(scope.serviceIds.map((id) => nameOf(known.services, id, 'a removed service'))),
    listText(scope.environmentIds.map((id) => nameOf(known.environments, id, 'a removed environment'))),
    listText(scope.environmentKinds),
    listText(scope.tiers.map((tier) => `tier ${tier}`)),
    listText(scope.regions),
    listText(Object.entries(scope.labels).map(([name, value]) => `${name}=${value}`)),
  ].filter((text) => text !== '');
  return parts.length === 0 ? 'Everything' : parts.join('; ');
}

function listText(values: readonly string[]): string {
  const [first = '', second = ''] = values;
  if (values.length <= 3) return values.join(', ');
  return `${first}, ${second} and ${values.length - 2} more`;
}

function nameOf(known: readonly { id: string; name: string }[], id: string, otherwise: string): string {
  return known.find((one) => one.id === id)?.name ?? otherwise;
}

/** The fields of a form for a scope, named after the paths that the server objects to. */
export type ScopeField = `document.scope.${'serviceIds' | 'environmentIds' | 'environmentKinds' | 'tiers' | 'regions' | 'labels'}`;
export type ScopeTexts = Record<ScopeField, string>;

/** A scope as texts of a form: values with commas between them. */
export function toScopeTexts(document: unknown): ScopeTexts {
  const scope = scopeDocument.parse(document);
  return {
    'document.scope.serviceIds': scope.serviceIds.join(','),
    'document.scope.environmentIds': scope.environmentIds.join(','),
    'document.scope.environmentKinds': scope.environmentKinds.join(','),
    'document.scope.tiers': scope.tiers.join(','),
    'document.scope.regions': scope.regions.join(','),
    'document.scope.labels': Object.entries(scope.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(', '),
  };
}

/** The scope that the texts of a form say, without its tenant, which the server adds. */
export function toScope(texts: Readonly<ScopeTexts>): Omit<ScopeDocument, 'tenantIds'> {
  return {
    serviceIds: splitList(texts['document.scope.serviceIds']),
    environmentIds: splitList(texts['document.scope.environmentIds']),
    environmentKinds: splitList(texts['document.scope.environmentKinds']),
    tiers: splitList(texts['document.scope.tiers']),
    regions: splitList(texts['document.scope.regions']),
    labels: Object.fromEntries(
      splitList(texts['document.scope.labels']).map((pair) => {
        const at = pair.indexOf('=');
        return at < 0 ? [pair, ''] : [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      }),
    ),
  };
}

/** Values with commas between them, without empty ones. */
export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((value) => value.trim())
    .filter((value) => value !== '');
}
