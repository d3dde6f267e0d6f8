import { z } from 'zod';

const reason = z
  .string()
  .max(500)
  .default('')
  .transform((text) =>
    text
      .toWellFormed()
      .replaceAll(/\p{Cc}+/gu, ' ')
      .trim(),
  );

/** What an outside service says at once; fields that are not named here are passed over. */
export const externalAnswer = z.object({ result: z.enum(['allowed', 'refused', 'pending']), reason });

/** What it says later: of which question and which deployment, so that it can be taken for no other. */
export const lateAnswer = z.object({
  id: z.string().min(1).max(64),
  deploymentId: z.string().min(1).max(64),
  result: z.enum(['allowed', 'refused']),
  reason,
});
export type LateAnswer = z.infer<typeof lateAnswer>;

/**
 * What came of one call.
 * - `answered`: yes or no. `pending`: it will say so later.
 * - `failed`: it may be tried again. `unfit`: what is called will never answer. The trouble goes on after the name: "Change board answered HTTP 503".
 */
export type CallOutcome =
  | { kind: 'answered'; result: 'allowed' | 'refused'; reason: string }
  | { kind: 'pending'; reason: string }
  | { kind: 'failed'; trouble: string }
  | { kind: 'unfit'; trouble: string };

/** The most that is read of an answer. */
export const answerBytesMax = 16_384;

/** Reads what a call was answered; nothing at all with a 2xx means that the answer comes later. */
export function readAnswer({ status, body }: { status: number; body: string }): CallOutcome {
  if (status >= 200 && status < 300) return readBody(body);
  if (status >= 300 && status < 400) return { kind: 'unfit', trouble: `answered HTTP ${status}, and redirects are not followed` };
  const trouble = `answered HTTP ${status}`;
  const isPassing = status >= 500 || status === 408 || status === 425 || status === 429;
  return { kind: isPassing ? 'failed' : 'unfit', trouble };
}

function readBody(body: string): CallOutcome {
  if (body.trim() === '') return { kind: 'pending', reason: '' };
  const parsed = externalAnswer.safeParse(parseJson(body));
  if (!parsed.success) return { kind: 'failed', trouble: 'answered something that is no answer' };
  const { result, reason: why } = parsed.data;
  return result === 'pending' ? { kind: 'pending', reason: why } : { kind: 'answered', result, reason: why };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
