import { latencyClass, LATENCY_BOUNDS_MS, percentileMs } from './latency-histogram.ts';

/** The longest window that is kept, in seconds. */
export const LONGEST_WINDOW_S = 60;

/** What was measured in a window. Rates are shares from 0 to 1; without requests nothing has failed. */
export interface TrafficMeasures {
  requests: number;
  errors: number;
  errorRate: number;
  successRate: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
}

export interface ServedRequest {
  service: string;
  hash: string;
  isError: boolean;
  latencyMs: number;
}

interface Bucket {
  second: number;
  requests: number;
  errors: number;
  latencies: number[];
}

/** Counts requests by Service (`namespace/name`) and pod hash in one-second buckets, for the last minute only. */
export class TrafficBook {
  readonly #now: () => Date;
  readonly #services = new Map<string, Map<string, Bucket[]>>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  record({ service, hash, isError, latencyMs }: ServedRequest): void {
    const second = this.#second();
    const hashes = this.#services.get(service) ?? new Map<string, Bucket[]>();
    this.#services.set(service, hashes);
    const buckets = hashes.get(hash) ?? [];
    hashes.set(hash, buckets);
    let bucket = buckets.at(-1);
    if (bucket?.second !== second) {
      bucket = { second, requests: 0, errors: 0, latencies: LATENCY_BOUNDS_MS.map(() => 0) };
      buckets.push(bucket);
      while ((buckets[0]?.second ?? second) <= second - LONGEST_WINDOW_S) buckets.shift();
    }
    bucket.requests += 1;
    if (isError) bucket.errors += 1;
    const index = latencyClass(latencyMs);
    bucket.latencies[index] = (bucket.latencies[index] ?? 0) + 1;
  }

  /** All requests of the Service in the window, or those that pods of one hash answered. */
  measure(service: string, windowS: number, hash?: string): TrafficMeasures {
    const hashes = this.#services.get(service);
    const all = hash === undefined ? [...(hashes?.values() ?? [])].flat() : (hashes?.get(hash) ?? []);
    const first = this.#second() - windowS;
    const buckets = all.filter((bucket) => bucket.second > first);
    const latencies = LATENCY_BOUNDS_MS.map((_, index) => buckets.reduce((sum, bucket) => sum + (bucket.latencies[index] ?? 0), 0));
    const requests = buckets.reduce((sum, bucket) => sum + bucket.requests, 0);
    const errors = buckets.reduce((sum, bucket) => sum + bucket.errors, 0);
    return {
      ...ratesOf(requests, errors),
      p50Ms: percentileMs(latencies, 0.5),
      p95Ms: percentileMs(latencies, 0.95),
      p99Ms: percentileMs(latencies, 0.99),
    };
  }

  /** The hashes that have answered in the last minute. */
  hashes(service: string): string[] {
    const oldest = this.#second() - LONGEST_WINDOW_S;
    return [...(this.#services.get(service) ?? [])].filter(([, buckets]) => (buckets.at(-1)?.second ?? 0) > oldest).map(([hash]) => hash);
  }

  forget(service: string): void {
    this.#services.delete(service);
  }

  #second(): number {
    return Math.floor(this.#now().getTime() / 1000);
  }
}

/** Counts with their rates. */
export function ratesOf(requests: number, errors: number): Pick<TrafficMeasures, 'requests' | 'errors' | 'errorRate' | 'successRate'> {
  const errorRate = requests === 0 ? 0 : errors / requests;
  return { requests, errors, errorRate, successRate: 1 - errorRate };
}
