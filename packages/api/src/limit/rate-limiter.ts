import { FlowError } from '@flow/core/fault';
import { limits, procedureLimits } from './limits.ts';
import type { Limit, LimitName } from './limits.ts';

/** Who is counted: a person's or a tenant's id, or an address. */
export interface RateLimiter {
  /** Counts one; refuses with `limited` and the time to wait when there were too many. */
  count(name: LimitName, key: string): void;
  /** The same for a procedure that has a limit of its own; others are not counted. */
  countProcedure(path: string, key: string): void;
}

/** Keys that one meter remembers. */
export const keysMax = 20_000;

/**
 * Counts calls in the memory of this process. `scale` widens every limit, for installations whose programs ask more.
 * Each limit keeps at most 20,000 keys of a few bytes; beyond that the ones not seen for longest are forgotten.
 */
export function createRateLimiter(options: { now: () => Date; scale?: number }): RateLimiter {
  const { now, scale = 1 } = options;
  const meters = new Map<string, Meter>();
  const countAgainst = (name: string, limit: Limit, key: string): void => {
    const meter = meters.get(name) ?? createMeter({ burst: limit.burst * scale, perMinute: limit.perMinute * scale });
    meters.set(name, meter);
    const waitMs = meter.take(key, now().getTime());
    if (waitMs > 0) throw tooMuch(Math.ceil(waitMs / 1_000));
  };
  return {
    count: (name, key) => countAgainst(name, limits[name], key),
    countProcedure(path, key) {
      const limit = Object.hasOwn(procedureLimits, path) ? procedureLimits[path] : undefined;
      if (limit !== undefined) countAgainst(path, limit, key);
    },
  };
}

interface Meter {
  /** Milliseconds until one more is let through: 0 when this one was, and only then it is counted. */
  take(key: string, nowMs: number): number;
  readonly size: number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371): for each key the one time at which all that was let through has been paid for at the steady rate.
 * It may lie as far ahead as the burst is large.
 */
export function createMeter(limit: Limit): Meter {
  const intervalMs = 60_000 / limit.perMinute;
  const aheadMaxMs = (limit.burst - 1) * intervalMs;
  const paidAt = new Map<string, number>();
  return {
    get size() {
      return paidAt.size;
    },
    take(key, nowMs) {
      const from = Math.max(paidAt.get(key) ?? 0, nowMs);
      const waitMs = from - aheadMaxMs - nowMs;
      if (waitMs > 0) return waitMs;
      // Written anew, so that the map's order is that of use.
      paidAt.delete(key);
      paidAt.set(key, from + intervalMs);
      const oldest = paidAt.size > keysMax ? paidAt.keys().next().value : undefined;
      if (oldest !== undefined) paidAt.delete(oldest);
      return 0;
    },
  };
}

function tooMuch(retryAfterSeconds: number): FlowError {
  return new FlowError({
    code: 'limited',
    message: `Too many requests at once: try again in ${retryAfterSeconds} ${retryAfterSeconds === 1 ? 'second' : 'seconds'}`,
    retryAfterSeconds,
  });
}
