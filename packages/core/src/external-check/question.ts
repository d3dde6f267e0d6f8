import { z } from 'zod';
import type { CallOutcome } from './answer.ts';

/**
 * States of one question to an outside service about one deployment.
 * - `waiting`: to be called now or at its next try. `sending`: a worker calls.
 * - `pending`: the service has taken it and answers later. `answered`: it has said yes or no; that is kept as evidence.
 * - `silent`: every try failed, or the answer did not come in time; a late answer still counts.
 * - `replaced`: a person had it asked again, and this one is answered no more.
 */
export const questionState = z.enum(['waiting', 'sending', 'pending', 'answered', 'silent', 'replaced']);
export type QuestionState = z.infer<typeof questionState>;

export const questionTransitions = {
  waiting: ['sending', 'answered', 'replaced'],
  sending: ['waiting', 'pending', 'answered', 'silent', 'replaced'],
  pending: ['answered', 'silent', 'replaced'],
  answered: ['replaced'],
  silent: ['answered', 'replaced'],
  replaced: [],
} as const satisfies Record<QuestionState, readonly QuestionState[]>;

/** True when the table has the edge. */
export function questionMayBecome(from: QuestionState, to: QuestionState): boolean {
  const edges: readonly QuestionState[] = questionTransitions[from];
  return edges.includes(to);
}

const second = 1_000;
const minute = 60 * second;
const waitsMs = [5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute, 60 * minute] as const;

/** How a question goes on after a call. */
export interface NextOfQuestion {
  state: Extract<QuestionState, 'waiting' | 'pending' | 'answered' | 'silent'>;
  /** When it is called again, or counts as not answered; null when neither. */
  nextAt: Date | null;
}

/** What follows from the `attempts`th call: the waits between calls grow, with jitter from `random` (0 up to 1), until there are no more. */
export function afterCall(
  outcome: CallOutcome,
  tried: { attempts: number; retriesMax: number; answerWithinMinutes: number; now: Date; random: number },
): NextOfQuestion {
  const { attempts, retriesMax, answerWithinMinutes, now, random } = tried;
  if (outcome.kind === 'answered') return { state: 'answered', nextAt: null };
  if (outcome.kind === 'pending') return { state: 'pending', nextAt: new Date(now.getTime() + answerWithinMinutes * minute) };
  const waitMs = attempts > retriesMax ? undefined : waitsMs[attempts - 1];
  if (outcome.kind === 'unfit' || waitMs === undefined) return { state: 'silent', nextAt: null };
  return { state: 'waiting', nextAt: new Date(now.getTime() + waitMs * (0.75 + random / 2)) };
}

/** A question as far as people are told of it. */
export interface AskedQuestion {
  /** Of whom it is asked. */
  name: string;
  state: QuestionState;
  askedAt: Date;
  attempts: number;
  /** What the last call ended with, or why the answer comes later; empty for nothing yet. */
  said: string;
}

/** What is said of a question that has no answer, in one sentence without its end. */
export function describeQuestion({ name, state, askedAt, attempts, said }: AskedQuestion): string {
  const since = `waiting for ${name} since ${askedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const tried = `${name} ${said}, tried ${attempts === 1 ? 'once' : `${attempts} times`}`;
  if (state === 'silent') return tried;
  if (said === '') return since;
  return state === 'pending' ? `${since}: ${said}` : `${since}: ${tried}`;
}
