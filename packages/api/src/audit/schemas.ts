import { door } from '@flow/db/audit';
import { z } from 'zod';
import { instant } from '../trpc/index.ts';

/** One entry of the record as its page shows it. */
export const auditEntry = z.object({
  id: z.string(),
  /** Its place in the chain; null for one that no chain holds. */
  seq: z.number().nullable(),
  at: instant,
  actor: z.string(),
  actorName: z.string(),
  onBehalfOf: z.string().nullable(),
  door,
  action: z.string(),
  subject: z.string(),
  summary: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  requestId: z.string().nullable(),
  address: z.string().nullable(),
});

const time = z.iso.datetime().transform((text) => new Date(text));
const text = z.string().min(1).max(200);

/** What can be asked of the record; times are texts in ISO 8601. */
export const auditFilterFields = {
  /** The whole action, or with a dot at its end all of a kind: `approval.`. */
  action: text.optional(),
  actor: text.optional(),
  subject: text.optional(),
  search: text.optional(),
  from: time.optional(),
  to: time.optional(),
};

/** What is known of the chain of the record. */
export const chainState = z.object({
  /** How many entries it has. */
  seq: z.number(),
  /** What the last walk over it found; null before the first one. */
  check: z.object({ seq: z.number(), checkedAt: instant, wholeAt: instant, fault: z.string().nullable() }).nullable(),
  /** The newest end that was signed, whole, to be kept elsewhere; null when there is no key, or nothing has been signed yet. */
  signed: z.object({ seq: z.number(), at: instant, note: z.string() }).nullable(),
  /** By which signed ends are told from others; null when this installation has no key. */
  publicKey: z.string().nullable(),
});

/** What a walk over the whole chain finds now. */
export const chainAnswer = z.object({
  heldCount: z.number(),
  signedCount: z.number(),
  fault: z.object({ kind: z.string(), seq: z.number(), entryId: z.string().nullable(), sentence: z.string() }).nullable(),
});
