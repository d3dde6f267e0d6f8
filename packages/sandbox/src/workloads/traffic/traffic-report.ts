import type { SandboxContext } from '../../store/index.ts';
import { modelTraffic, MODELLED_VISITORS_PER_S } from './modelled-traffic.ts';
import { readyBackends, serviceKey, visitorsPerSecond } from './service-backends.ts';
import { LONGEST_WINDOW_S, TrafficBook, type TrafficMeasures } from './traffic-book.ts';

export interface TrafficQuery {
  namespace: string;
  service: string;
  /** Only what pods of this template hash answered. */
  hash?: string;
  /** Seconds back from now, 1 to 60; 60 when absent. */
  windowS?: number;
}

export interface TrafficReport extends TrafficMeasures {
  windowS: number;
  /** `measured` from real requests, or `modelled` from the annotations of pods that are not processes. */
  source: 'measured' | 'modelled';
  /** The same for each pod hash that served in the window. */
  hashes: Record<string, TrafficMeasures>;
}

const books = new WeakMap<SandboxContext, TrafficBook>();

/** The measurements of one sandbox cluster; made when first asked for, and shared by all that serve or read its traffic. */
export function trafficOf(ctx: SandboxContext): TrafficBook {
  const known = books.get(ctx);
  if (known !== undefined) return known;
  const book = new TrafficBook(() => ctx.clock.now());
  books.set(ctx, book);
  return book;
}

/** What visitors of a Service have seen lately. Undefined when there is no such Service. */
export function trafficReport(ctx: SandboxContext, query: TrafficQuery): TrafficReport | undefined {
  const service = ctx.store.get('services', { namespace: query.namespace, name: query.service });
  if (service === undefined) return undefined;
  const windowS = Math.min(LONGEST_WINDOW_S, Math.max(1, Math.round(query.windowS ?? LONGEST_WINDOW_S)));
  const backends = readyBackends(ctx, service);
  const book = trafficOf(ctx);
  const key = serviceKey(service);
  const served = book.hashes(key);
  const isMeasured = served.length > 0 || backends.some((backend) => backend.port !== undefined);
  const visitorsPerS = visitorsPerSecond(service) ?? MODELLED_VISITORS_PER_S;
  const of = (hash: string | undefined): TrafficMeasures =>
    isMeasured ? book.measure(key, windowS, hash) : modelTraffic(backends, { visitorsPerS, windowS, hash, now: ctx.clock.now() });
  const hashes = isMeasured ? served : [...new Set(backends.map((backend) => backend.hash))];
  return {
    ...of(query.hash),
    windowS,
    source: isMeasured ? 'measured' : 'modelled',
    hashes: Object.fromEntries(hashes.filter((hash) => hash !== '').map((hash) => [hash, of(hash)])),
  };
}

/**
 * Reads `namespace`, `service`, `hash` and `window` (`60s`, `10s` or seconds) from a URL. An absent namespace or service, and a window that is
 * not a number of seconds, give a text that says what is wrong.
 */
export function readTrafficQuery(parameters: URLSearchParams): TrafficQuery | string {
  const namespace = parameters.get('namespace') ?? '';
  const service = parameters.get('service') ?? '';
  if (namespace === '' || service === '') return 'traffic needs the parameters namespace and service';
  const hash = parameters.get('hash') ?? '';
  const window = parameters.get('window');
  const seconds = window === null ? undefined : Number(window.replace(/s$/, ''));
  if (seconds !== undefined && !(seconds >= 1)) return `window must be a number of seconds such as 60s, not "${window}"`;
  return { namespace, service, ...(hash === '' ? {} : { hash }), ...(seconds === undefined ? {} : { windowS: seconds }) };
}
