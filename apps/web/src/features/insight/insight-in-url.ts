import type { RouterInputs, RouterOutputs } from '@flow/api/client-types';

export type Insight = RouterOutputs['insight']['get'];
export type InsightAsked = Omit<RouterInputs['insight']['get'], 'tenant'>;
export type InsightNumber = RouterInputs['insight']['cases']['number'];

/** How far back, as it stands in the URL; the first is the usual one. */
export const periods = [
  { value: '30', label: 'The last 30 days' },
  { value: '7', label: 'The last 7 days' },
  { value: '90', label: 'The last 90 days' },
  { value: '366', label: 'The last year' },
] as const;

/** Kinds of environments, as they stand in the URL; the first is the usual one, since the four keys are of production. */
export const kinds = [
  { value: 'production', label: 'All of kind production' },
  { value: 'staging', label: 'All of kind staging' },
  { value: 'development', label: 'All of kind development' },
  { value: 'ephemeral', label: 'All of kind ephemeral' },
] as const;

/** What the URL asks for. What it names that is none is taken as not said. */
export function askedBy(get: (name: string) => string): InsightAsked & { days: number } {
  const [days, where, service, region] = [get('days'), get('where'), get('service'), get('region')];
  const kind = kinds.find(({ value }) => value === where)?.value;
  return {
    days: Number(periods.find(({ value }) => value === days)?.value ?? periods[0].value),
    ...(where === '' || kind !== undefined ? { environmentKind: kind ?? kinds[0].value } : { environmentId: where }),
    ...(service === '' ? {} : { serviceId: service }),
    ...(region === '' ? {} : { region }),
  };
}

/** A number whose deployments are shown: which, of what, and of which part of what is on the page. */
export interface Behind {
  number: InsightNumber;
  of: string;
  serviceId?: string;
  region?: string;
  from?: string;
  until?: string;
}

const parts = ['serviceId', 'region', 'from', 'until'] as const;

/** As it stands in the URL. */
export function behindText({ number, of, ...part }: Behind): string {
  const text = new URLSearchParams({ number, of });
  for (const name of parts) {
    const value = part[name];
    if (value !== undefined) text.set(name, value);
  }
  return text.toString();
}

/** And back; null for what is none. */
export function readBehind(text: string): Behind | null {
  const given = new URLSearchParams(text);
  const number = numbers.find((one) => one === given.get('number'));
  if (number === undefined) return null;
  const part = parts.flatMap((name) => {
    const value = given.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return { number, of: given.get('of') ?? '', ...Object.fromEntries(part) };
}

// Written out rather than read from the schema: a page should not load a library of schemas for eleven words.
const known = {
  delivered: true,
  changes: true,
  failed: true,
  lead: true,
  restored: true,
  unrestored: true,
  back: true,
  step: true,
  approval: true,
  held: true,
  heldBy: true,
} satisfies Record<InsightNumber, true>;
// Keys of the object above, and of nothing else.
const numbers = Object.keys(known) as InsightNumber[];
