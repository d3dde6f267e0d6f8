import { z } from 'zod';
import { reasonSource } from '../verdict/index.ts';

/** A policy, a rule of Flow's own, or a group of approvers: what the ledger keeps an account of. */
export const account = z.enum([...reasonSource.options, 'group']);
export type Account = z.infer<typeof account>;

/** What can be asked about the deployments behind a number. */
export const ledgerNumber = z.enum(['waited', 'saved', 'bypassed', 'decided']);
export type LedgerNumber = z.infer<typeof ledgerNumber>;

/** One deployment, or one request that was refused before it became one, behind a number. */
export const ledgerCase = z.strictObject({
  /** Null for what was refused when it was asked for. */
  deploymentId: z.string().nullable(),
  serviceId: z.string(),
  environmentId: z.string(),
  at: z.date(),
  /** How long it waited, or how long it took to decide; null where that is not the question. */
  ms: z.number().nullable(),
  sentence: z.string(),
});
export type LedgerCase = z.infer<typeof ledgerCase>;

/** What could be changed about a policy, and what speaks for it. */
export const suggestion = z.strictObject({ kind: z.enum(['loosen', 'tighten']), sentence: z.string() });
export type Suggestion = z.infer<typeof suggestion>;

/** The account of one policy or group over a stretch of time. */
export const ledgerEntry = z.strictObject({
  account,
  id: z.string(),
  /** Requests that it stood against, or that a group was asked about. */
  stoppedCount: z.number().int(),
  /** How long requests waited for it, and how much of that for nothing else. */
  waitedMs: z.number(),
  aloneMs: z.number(),
  /**
   * Requests that it saved from going wrong: refused for good, and not begun there with the same artifact afterwards. In shadow: those that it would have stopped and
   * that proved bad.
   */
  savedCount: z.number().int(),
  /** It would have stopped in shadow, and those of them that went well. */
  shadowCount: z.number().int(),
  shadowGoodCount: z.number().int(),
  /** An exemption passed it; the share of all that it stood against; null when it stood against none. */
  bypassedCount: z.number().int(),
  bypassRate: z.number().nullable(),
  /** The median from being asked to the decision; null when nobody was asked, or nobody has decided. */
  decidedCount: z.number().int(),
  medianDecisionMs: z.number().nullable(),
  suggestions: z.array(suggestion),
});
export type LedgerEntry = z.infer<typeof ledgerEntry>;
