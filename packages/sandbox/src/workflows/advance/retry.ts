import { parseDurationMs } from '../language/duration.ts';
import type { RetryStrategy } from '../spec/schema.ts';
import { isFailedOrError, isFulfilled, type NodeStatus } from '../status/status.ts';
import { attemptsOf, markNode } from './nodes.ts';
import { type Run, wakeAt } from './run.ts';

/** Beyond this a date would overflow; nobody waits for it. */
const LONGEST_WAIT_MS = 2 ** 42;

/** `attempt`: the last attempt goes on, or a new one starts; `wait`: later; `done`: the Retry node is fulfilled. */
export type RetryDecision = 'attempt' | 'wait' | 'done';

/** Argo's rules of when a failed node is tried again. Settles the Retry node when it is not. */
export function assessRetry(run: Run, retry: NodeStatus, strategy: RetryStrategy): RetryDecision {
  if (isFulfilled(retry)) return 'done';
  const attempts = attemptsOf(run, retry);
  const last = attempts.at(-1);
  if (last === undefined || !isFulfilled(last)) return 'attempt';
  takeOutputs(retry, last);
  const end = (message?: string): RetryDecision => {
    markNode(run, retry, { phase: last.phase, message });
    return 'done';
  };
  if (!isFailedOrError(last)) return settle(run, retry, 'Succeeded');
  const stopped = whyStopped(run);
  if (stopped !== undefined) return end(stopped);
  const pause = backoff(run, strategy, attempts);
  if (pause.end !== undefined) return end(pause.end);
  if (!policyAllows(strategy, last)) return end(last.message);
  if (strategy.limit !== undefined && attempts.length > Number(strategy.limit)) return end('No more retries left');
  if (pause.until !== undefined && run.now < pause.until) {
    markNode(run, retry, { phase: retry.phase, message: `Backoff for ${describeMs(pause.waitMs)}` });
    wakeAt(run, pause.until);
    return 'wait';
  }
  markNode(run, retry, { phase: retry.phase, message: '' });
  return 'attempt';
}

function takeOutputs(retry: NodeStatus, last: NodeStatus): void {
  if (last.outputs !== undefined) retry.outputs = structuredClone(last.outputs);
}

function whyStopped(run: Run): string | undefined {
  if (run.shutdown !== undefined) return `Stopped with strategy '${run.shutdown}'`;
  if (run.deadline === undefined || run.now < run.deadline) return undefined;
  return `retry exceeded workflow deadline ${run.deadline.toISOString()}`;
}

function settle(run: Run, retry: NodeStatus, phase: 'Succeeded'): RetryDecision {
  markNode(run, retry, { phase, message: '' });
  return 'done';
}

function policyAllows(strategy: RetryStrategy, last: NodeStatus): boolean {
  const policy = strategy.retryPolicy ?? 'OnFailure';
  switch (policy) {
    case 'Always':
      return true;
    case 'OnFailure':
      return last.phase === 'Failed';
    case 'OnError':
      return last.phase === 'Error';
    case 'OnTransientError':
      return /timeout|connection (?:refused|reset)|too many requests|unavailable/i.test(last.message ?? '');
  }
}

interface Backoff {
  end?: string;
  until?: Date;
  waitMs: number;
}

/** The wait after n attempts is `duration × factor^(n-1)`, at most `cap`, and never past `maxDuration` after the first start. */
function backoff(run: Run, strategy: RetryStrategy, attempts: readonly NodeStatus[]): Backoff {
  const asked = strategy.backoff;
  if (asked === undefined) return { waitMs: 0 };
  const waitMs = waitAfter(asked, attempts.length);
  if (waitMs === undefined) return { end: 'no base duration specified for retryStrategy', waitMs: 0 };
  const until = new Date(momentMs(attempts.at(-1)?.finishedAt, run.now) + waitMs);
  const maxMs = parseDurationMs(asked.maxDuration ?? '');
  if (maxMs === undefined) return { until, waitMs };
  const latest = new Date(momentMs(attempts[0]?.startedAt, run.now) + maxMs);
  if (run.now > latest) return { end: 'Max duration limit exceeded', waitMs };
  return until > latest ? { end: 'Backoff would exceed max duration limit', waitMs } : { until, waitMs };
}

function momentMs(time: string | null | undefined, otherwise: Date): number {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? otherwise.getTime() : ms;
}

function waitAfter(asked: NonNullable<RetryStrategy['backoff']>, attemptCount: number): number | undefined {
  const baseMs = parseDurationMs(asked.duration ?? '');
  if (baseMs === undefined) return undefined;
  const factor = Number(asked.factor ?? 1);
  const grownMs = factor > 0 ? baseMs * factor ** (attemptCount - 1) : baseMs;
  return Math.min(grownMs, parseDurationMs(asked.cap ?? '') ?? LONGEST_WAIT_MS, LONGEST_WAIT_MS);
}

function describeMs(waitMs: number): string {
  const seconds = Math.round(waitMs / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} seconds`;
  return `${minutes} minutes ${seconds % 60} seconds`;
}
