import { z } from 'zod';

const match = z.strictObject({
  method: z.string().optional(),
  /** A regular expression over path and query. */
  path: z.string().refine(isRegularExpression, 'path must be a regular expression').optional(),
});

/** What goes wrong on purpose. `count` is how many requests it happens to; without it, until it is cleared. */
export const faultInput = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('latency'),
    match: match.optional(),
    count: z.number().int().positive().optional(),
    latencyMs: z.number().nonnegative(),
  }),
  z.strictObject({
    kind: z.literal('status'),
    match: match.optional(),
    count: z.number().int().positive().optional(),
    status: z.number().int().min(400).max(599),
    reason: z.string().optional(),
    message: z.string().optional(),
    retryAfterSeconds: z.number().int().nonnegative().optional(),
  }),
  /** The connection is cut before the request is done. */
  z.strictObject({ kind: z.literal('reset'), match: match.optional(), count: z.number().int().positive().optional() }),
  /** The request is done and its answer is lost. */
  z.strictObject({ kind: z.literal('lose-answer'), match: match.optional(), count: z.number().int().positive().optional() }),
  /** Cuts the watches that are open now. */
  z.strictObject({ kind: z.literal('drop-watch'), match: match.optional() }),
  /** Forgets the recent past: older resourceVersions and continue tokens are 410 from now on. */
  z.strictObject({ kind: z.literal('compact') }),
]);

/** One fault as it is asked for. */
export type FaultInput = z.infer<typeof faultInput>;

/** Faults that happen to requests, as against those that happen at once. */
export type RequestFault = Exclude<FaultInput, { kind: 'drop-watch' | 'compact' }>;

/** The faults that are switched on. */
export class Faults {
  readonly #active: { fault: RequestFault; left: number }[] = [];

  add(fault: RequestFault): void {
    this.#active.push({ fault, left: fault.count ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#active.length = 0;
  }

  list(): { fault: RequestFault; left: number | undefined }[] {
    return this.#active.map(({ fault, left }) => ({ fault, left: Number.isFinite(left) ? left : undefined }));
  }

  /** The faults that this request meets, each counted as used. */
  take(method: string, pathAndQuery: string): RequestFault[] {
    const met = this.#active.filter(({ fault }) => matchesFault(fault.match, method, pathAndQuery));
    for (const one of met) one.left -= 1;
    const remaining = this.#active.filter(({ left }) => left > 0);
    this.#active.splice(0, this.#active.length, ...remaining);
    return met.map(({ fault }) => fault);
  }
}

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

/** True when the request is one that the fault is meant for. */
export function matchesFault(wanted: z.infer<typeof match> | undefined, method: string, pathAndQuery: string): boolean {
  if (wanted?.method !== undefined && wanted.method.toUpperCase() !== method) return false;
  return wanted?.path === undefined || new RegExp(wanted.path).test(pathAndQuery);
}
