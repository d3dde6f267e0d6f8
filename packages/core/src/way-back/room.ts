/** How much of each resource, under the name that a quota gives it: processor in thousandths of a core, memory and storage in bytes, all else counted. */
export type Amounts = Readonly<Record<string, number>>;

/** What the pods of a release need. */
export interface PodNeeds {
  /** All of them, when nothing moves. */
  steady: Amounts;
  /** Those that run besides while a new version takes over. */
  surge: Amounts;
}

/** What a quota of the namespace still gives away; it says nothing of a resource that it does not name. */
export interface Quota {
  name: string;
  left: Amounts;
}

/** The first resource of which a quota leaves too little. */
export interface Shortage {
  quota: string;
  resource: string;
  left: number;
  needed: number;
}

/**
 * What going back needs beside what runs: its surge, and what its pods need more than those of now. Where it is not known what those of now need, only
 * the surge is counted.
 */
export function roomNeeded(back: PodNeeds, running: PodNeeds | null): Amounts {
  const resources = [...new Set([...Object.keys(back.steady), ...Object.keys(back.surge)])];
  const more = (resource: string): number =>
    running === null ? 0 : Math.max(0, amount(back.steady, resource) - amount(running.steady, resource));
  return Object.fromEntries(resources.map((resource) => [resource, amount(back.surge, resource) + more(resource)]));
}

/** Where the quotas leave too little; null when there is room. What needs nothing of a resource is not stopped by a quota that is over its limit. */
export function shortageOf(needed: Amounts, quotas: readonly Quota[]): Shortage | null {
  for (const { name, left } of quotas)
    for (const [resource, there] of Object.entries(left)) {
      const wanted = amount(needed, meaningOf(resource));
      if (wanted > 0 && wanted > there) return { quota: name, resource, left: Math.max(0, there), needed: wanted };
    }
  return null;
}

/** A quota may name what is requested and the number of pods in two ways each (Kubernetes, resource quotas). */
const meanings: Readonly<Record<string, string>> = { cpu: 'requests.cpu', memory: 'requests.memory', 'count/pods': 'pods' };

function meaningOf(resource: string): string {
  return meanings[resource] ?? resource;
}

function amount(amounts: Amounts, resource: string): number {
  return amounts[resource] ?? 0;
}

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti'] as const;

/** An amount as manifests write it: `250m` of a processor, `64Mi` of memory; memory is rounded up to a tenth. */
export function amountText(resource: string, value: number): string {
  if (resource.endsWith('cpu')) return value % 1_000 === 0 ? String(value / 1_000) : `${value}m`;
  if (!resource.endsWith('memory')) return String(value);
  const power = Math.min(binary.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
  return `${Math.ceil((value / 1_024 ** power) * 10) / 10}${binary[power] ?? ''}`;
}
