import type { Backend } from './service-backends.ts';
import { ratesOf, type TrafficMeasures } from './traffic-book.ts';

/** Annotation of a modelled pod: share of its requests that fail, 0 to 1. */
const ERROR_RATE_ANNOTATION = 'sandbox.flow.dev/error-rate';
/** Annotation of a modelled pod: median latency in milliseconds. */
const LATENCY_ANNOTATION = 'sandbox.flow.dev/latency-ms';

/** Requests per second of a Service of modelled pods that names no visitors. */
export const MODELLED_VISITORS_PER_S = 20;

/**
 * What a Service of modelled pods would have measured: its visitors spread evenly over the ready pods, each failing and answering as
 * it is annotated. The same pods at the same time always give the same numbers.
 */
export function modelTraffic(
  backends: readonly Backend[],
  asked: { visitorsPerS: number; windowS: number; hash: string | undefined; now: Date },
): TrafficMeasures {
  const chosen = asked.hash === undefined ? backends : backends.filter((backend) => backend.hash === asked.hash);
  const perPodPerS = backends.length === 0 ? 0 : asked.visitorsPerS / backends.length;
  let requests = 0;
  let errors = 0;
  let weighted = 0;
  for (const backend of chosen) {
    const upS = Math.max(0, (asked.now.getTime() - backend.readySinceMs) / 1000);
    const served = perPodPerS * Math.min(asked.windowS, upS);
    requests += served;
    errors += served * Math.min(1, numberOf(backend, ERROR_RATE_ANNOTATION, 0));
    weighted += served * numberOf(backend, LATENCY_ANNOTATION, 20);
  }
  const median = requests === 0 ? 0 : Math.round((weighted / requests) * 10) / 10;
  const rates = ratesOf(Math.round(requests), Math.round(errors));
  return { ...rates, p50Ms: median, p95Ms: median * 2, p99Ms: median * 3 };
}

function numberOf(backend: Backend, annotation: string, fallback: number): number {
  const value = Number(backend.pod.metadata.annotations?.[annotation] ?? fallback);
  return Number.isFinite(value) && value >= 0 ? value : fallback;
}
