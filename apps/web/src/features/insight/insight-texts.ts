import { metricName } from '@flow/core/rollout';
import { formatDuration } from '@flow/ui/time';
import type { Insight, InsightNumber } from './insight-in-url.ts';

export type KeyFigures = Insight['figures'];
export type Bucket = Insight['buckets'][number];

const dayMs = 24 * 60 * 60 * 1_000;

/** How often, by the day, or where that would be less than one, by the week. */
export function frequencyText(count: number, { from, until }: { from: string; until: string }): string {
  const days = Math.max(1, Math.ceil((new Date(until).getTime() - new Date(from).getTime()) / dayMs));
  const aDay = count / days;
  return aDay >= 1 ? `${rounded(aDay)} a day` : `${rounded(aDay * 7)} a week`;
}

function rounded(value: number): string {
  return value < 10 ? Number(value.toFixed(1)).toString() : Math.round(value).toString();
}

/** A share as percent; what is more than nothing is not told as nothing. */
export function shareText(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? 'under 1 %' : `${Math.round(percent)} %`;
}

/** A length of time, or that there is none. */
export function lengthText(ms: number | null): string {
  return ms === null ? 'no data' : formatDuration(ms);
}

/** "1 change", "3 changes". */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The day, or the first day of the week, that a part of the period is; days are those of UTC. */
export function bucketText({ from, until }: Pick<Bucket, 'from' | 'until'>): string {
  const day = new Date(from).toLocaleDateString('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
  return new Date(until).getTime() - new Date(from).getTime() > dayMs ? `from ${day}` : day;
}

const causes: Readonly<Record<string, string>> = {
  person: 'A person took it back while it moved',
  governance: 'A freeze, a guardrail or a quarantine took it back',
  release: 'It could not be brought up',
  takenBack: 'A person went back from it after it had succeeded',
  takenBackByProgram: 'A program went back from it after it had succeeded',
  unknown: 'Not recorded',
};

/** Why something went back, as people read it. */
export function causeText(cause: string): string {
  const [kind = '', ...rest] = cause.split(':');
  const metric = metricName(rest.join(':'));
  if (kind === 'metric') return `The ${metric} was beyond its limit`;
  if (kind === 'unmeasured') return `The ${metric} could not be measured`;
  return causes[cause] ?? cause;
}

const holdKinds: Readonly<Record<string, string>> = {
  rule: 'Rules',
  freeze: 'Freezes',
  queue: 'Queues',
  gate: 'Gates',
  guardrail: 'Guardrails',
  approval: 'Approval policies',
  builtIn: 'Flow itself',
};

/** What held something, by its kind. */
export function holdKindText(kind: string): string {
  return holdKinds[kind] ?? kind;
}

/** A step of a canary: `0 20 %` is "Step 1: 20 %". */
export function stepText(step: string): string {
  if (step === 'finish') return 'After the last step, until healthy';
  const [index = '', ...words] = step.split(' ');
  return `Step ${Number(index) + 1}: ${words.join(' ')}`;
}

export const numberNames = {
  delivered: 'Delivered',
  changes: 'Changes begun',
  failed: 'Failed',
  lead: 'Lead time',
  restored: 'Restored',
  unrestored: 'Not restored yet',
  back: 'Went back',
  step: 'Time at a step',
  approval: 'Wait for approval',
  held: 'Held',
  heldBy: 'Held',
} as const satisfies Record<InsightNumber, string>;
