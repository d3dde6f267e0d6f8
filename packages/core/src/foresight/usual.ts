import { z } from 'zod';
import type { CanaryProgress } from '../rollout/index.ts';

/** How long something usually takes, and on how much that rests: without a sample it is assumed. */
export const estimate = z.strictObject({ seconds: z.number().min(0), sampleCount: z.number().int().min(0) });
export type Estimate = z.infer<typeof estimate>;

/**
 * What usually takes how long.
 * - `prepare`: from being asked for until it is rendered and checked. `approval`: from being asked until people have said yes.
 * - `apply`: Helm, until the canary comes to its first step. `weight`: a step that changes the share. `person`: a pause without an end.
 * - `analysis`: a step that measures. `finish`: from the last step until all pods are new and healthy. `whole`: all of it, of a release without steps.
 */
export const usual = z.strictObject({
  prepare: estimate,
  approval: estimate,
  apply: estimate,
  weight: estimate,
  person: estimate,
  analysis: estimate,
  finish: estimate,
  whole: estimate,
});
export type Usual = z.infer<typeof usual>;

/** What is taken where nothing was ever seen. */
const assumedSeconds = {
  prepare: 10,
  approval: 3_600,
  apply: 30,
  weight: 15,
  person: 900,
  analysis: 60,
  finish: 30,
  whole: 60,
} as const satisfies Record<keyof Usual, number>;

/** A target of the past that became healthy, as far as it tells how long things take. */
export interface PastTarget {
  startedAt: Date;
  finishedAt: Date;
  /** The steps that its canary came to, oldest first. */
  progress: readonly CanaryProgress[];
}

/** An approval of the past that people gave. */
export interface PastApproval {
  askedAt: Date;
  /** When the request stood: the deployment had been prepared. */
  createdAt: Date;
  decidedAt: Date;
}

/** The medians over what was seen; where nothing was, an assumption that says so. */
export function usualOf(past: { targets: readonly PastTarget[]; approvals: readonly PastApproval[] }): Usual {
  const spans = past.targets.flatMap(spansOf);
  const of = (kind: keyof Usual): readonly number[] => spans.filter((span) => span.kind === kind).map(({ ms }) => ms);
  const { approvals } = past;
  return {
    prepare: estimateOf(
      approvals.map(({ askedAt, createdAt }) => createdAt.getTime() - askedAt.getTime()),
      assumedSeconds.prepare,
    ),
    approval: estimateOf(
      approvals.map(({ createdAt, decidedAt }) => decidedAt.getTime() - createdAt.getTime()),
      assumedSeconds.approval,
    ),
    apply: estimateOf(of('apply'), assumedSeconds.apply),
    weight: estimateOf(of('weight'), assumedSeconds.weight),
    person: estimateOf(of('person'), assumedSeconds.person),
    analysis: estimateOf(of('analysis'), assumedSeconds.analysis),
    finish: estimateOf(of('finish'), assumedSeconds.finish),
    whole: estimateOf(of('whole'), assumedSeconds.whole),
  };
}

/** The median in whole seconds, or what is assumed without any. */
export function estimateOf(samplesMs: readonly number[], assumed: number): Estimate {
  const sorted = samplesMs.map((ms) => Math.max(0, ms)).toSorted((left, right) => left - right);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  return middle === undefined ? { seconds: assumed, sampleCount: 0 } : { seconds: Math.round(middle / 1_000), sampleCount: sorted.length };
}

/** How much longer something takes that has gone on for a while: what takes longer than usual is expected to take a tenth of the usual more. */
export function remainingMs(usualMs: number, elapsedMs: number): number {
  return Math.max(usualMs - elapsedMs, usualMs / 10);
}

interface KindSpan {
  kind: keyof Usual;
  ms: number;
}

function spansOf({ startedAt, finishedAt, progress }: PastTarget): readonly KindSpan[] {
  const [first] = progress;
  const whole = finishedAt.getTime() - startedAt.getTime();
  if (first === undefined) return [{ kind: 'whole', ms: whole }];
  const ends = [...progress.slice(1).map(({ at }) => new Date(at)), finishedAt];
  const steps = progress.flatMap(({ at, step }, index): readonly KindSpan[] => {
    const kind = kindOf(step);
    const end = ends[index];
    return kind === null || end === undefined ? [] : [{ kind, ms: end.getTime() - new Date(at).getTime() }];
  });
  return [{ kind: 'apply', ms: new Date(first.at).getTime() - startedAt.getTime() }, ...steps];
}

/** A pause with an end takes what the plan says; what Flow does not plan itself says nothing about its plans. */
function kindOf(step: CanaryProgress['step']): keyof Usual | null {
  switch (step?.kind) {
    case undefined:
      return 'finish';
    case 'weight':
      return 'weight';
    case 'analysis':
      return 'analysis';
    case 'pause':
      return step.durationSeconds === undefined ? 'person' : null;
    case 'other':
      return null;
  }
}
