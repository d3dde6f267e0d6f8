import { answerBytesMax, readAnswer } from '@flow/core/external-check';
import type { CallOutcome } from '@flow/core/external-check';
import { FlowError } from '@flow/core/fault';
import type { Outbound } from '@flow/delivery/outbound';
import { beginCall, recordCall } from '@flow/operations/external-check';
import type { CallMeans, ExternalCall } from '@flow/operations/external-check';
import { signedHeaders } from '@flow/operations/webhook';
import type { JobHandler } from '../jobs/run-jobs.ts';
import { systemContext } from '../system-context.ts';

/** What asking outside services needs. */
export interface CallDependencies extends CallMeans {
  context: Parameters<typeof systemContext>[0];
  outbound: Outbound;
  random: () => number;
}

/** Asks an outside service: written down before, and what came of it after. A question that is answered later sleeps until its time is over. */
export function callExternals(dependencies: CallDependencies): JobHandler {
  const { context, outbound, random } = dependencies;
  return async (job, signal) => {
    if (job.tenantId === null) return { kind: 'done' };
    const ctx = () => systemContext(context, job.tenantId ?? '', 'asks an external check');
    const start = await beginCall(ctx(), { questionId: job.key }, dependencies);
    if (start.kind === 'over') return { kind: 'done' };
    if (start.kind === 'later') return { kind: 'waiting', until: start.at };
    const outcome = await callExternal(outbound, start.call, { id: job.key, now: context.now(), signal });
    const { nextAt } = await recordCall(ctx(), { questionId: job.key, outcome, random: random() });
    return nextAt === null ? { kind: 'done' } : { kind: 'waiting', until: nextAt };
  };
}

/** One signed call. Whatever stands in the way of an answer is told in the same words, but for one that took too long. */
export async function callExternal(
  outbound: Outbound,
  { url, callKey, timeoutSeconds, body }: ExternalCall,
  { id, now, signal }: { id: string; now: Date; signal: AbortSignal },
): Promise<CallOutcome> {
  const timeoutMs = timeoutSeconds * 1_000;
  const begunMs = performance.now();
  try {
    const headers = signedHeaders(callKey, { id, body, now });
    return readAnswer(await outbound.send({ method: 'POST', url, headers, body, timeoutMs, maxBytes: answerBytesMax, signal }));
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    const isSlow = performance.now() - begunMs >= timeoutMs * 0.95;
    const trouble = isSlow ? `did not answer in ${timeoutSeconds} s` : 'cannot be reached, or answers what cannot be read';
    return { kind: error.code === 'invalid' ? 'unfit' : 'failed', trouble };
  }
}
