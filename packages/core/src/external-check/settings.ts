import { z } from 'zod';

/** How an outside service is asked. */
export const externalCheckSettings = z.strictObject({
  name: z.string().trim().min(1, 'say who is asked').max(60),
  /** Begins with https://; what its name resolves to is judged at every call. */
  url: z.string().trim().min(1).max(1_000),
  /** How long one call may take. */
  timeoutSeconds: z.number().int().min(1).max(60).default(30),
  /** How often a call that failed is repeated. */
  retriesMax: z.number().int().min(0).max(6).default(3),
  /** How long an answer that is to come later is waited for. */
  answerWithinMinutes: z.number().int().min(1).max(43_200).default(1_440),
});
export type ExternalCheckSettings = z.infer<typeof externalCheckSettings>;
