import { z } from 'zod';
import { medianOf } from '../ledger/index.ts';
import { bucketsOf } from './buckets.ts';
import type { Stretch } from './buckets.ts';
import { casesOf, keyCasesOf } from './cases.ts';
import type { InsightCase, InsightNumber } from './cases.ts';
import { isFor } from './ending.ts';
import type { DeploymentFact } from './facts.ts';

/** How often something took how long. The median of an even number is the lower of the two in the middle; null of none. */
export const lengths = z.strictObject({ count: z.number().int(), medianMs: z.number().nullable(), totalMs: z.number() });
export type Lengths = z.infer<typeof lengths>;

/** The four keys of DORA (https://dora.dev/guides/dora-metrics/), of what ended in a stretch of time. How often is for the reader to divide. */
export const keyFigures = z.strictObject({
  deliveredCount: z.number().int(),
  changeCount: z.number().int(),
  failedCount: z.number().int(),
  /** The share of the changes that failed, from 0 to 1; null when there was no change. */
  failureRate: z.number().nullable(),
  lead: lengths,
  restored: lengths,
  unrestoredCount: z.number().int(),
});
export type KeyFigures = z.infer<typeof keyFigures>;

/** Lengths of one of several. */
const named = z.strictObject({ of: z.string(), ...lengths.shape });

/** All that is told of a period. */
export const insight = z.strictObject({
  /** How many deployments have ended, whatever became of them: without any there is nothing to tell. */
  endedCount: z.number().int(),
  figures: keyFigures,
  buckets: z.array(z.strictObject({ from: z.date(), until: z.date(), figures: keyFigures })),
  /** Most changes first. */
  services: z.array(z.strictObject({ of: z.string(), figures: keyFigures })),
  /** By name; each is told of what happened in it, so that a deployment to three regions is in three. */
  regions: z.array(z.strictObject({ of: z.string(), figures: keyFigures })),
  /** Most frequent first. */
  causes: z.array(z.strictObject({ of: z.string(), count: z.number().int() })),
  /** In the order of the steps. */
  steps: z.array(named),
  approval: lengths,
  /** By anything at all, by kind, and by each policy: longest first. */
  held: lengths,
  heldKinds: z.array(named),
  heldBy: z.array(named),
});
export type Insight = z.infer<typeof insight>;

/** What is looked at: everything that has ended in the period in the places, as a whole or in one region. */
export interface Scope {
  period: Stretch;
  region: string | null;
}

/** All figures of the deployments that have ended in a period. */
export function insightOf(facts: readonly DeploymentFact[], { period, region }: Scope): Insight {
  const cases = casesOf(facts, region);
  const of = (number: InsightNumber): readonly InsightCase[] => cases.filter((one) => one.number === number);
  const held = of('held');
  return {
    endedCount: facts.filter((fact) => isFor(fact, region)).length,
    figures: keyFiguresOf(cases),
    buckets: bucketsOf(period).map((bucket) => ({ ...bucket, figures: keyFiguresOf(cases.filter(({ at }) => isWithin(at, bucket))) })),
    services: servicesOf(cases),
    regions: regionsOf(facts, region),
    causes: grouped(of('back'))
      .map(([name, group]) => ({ of: name, count: group.length }))
      .toSorted((left, right) => right.count - left.count || compare(left.of, right.of)),
    steps: lengthsBy(of('step')).toSorted((left, right) => stepOrder(left.of) - stepOrder(right.of) || compare(left.of, right.of)),
    approval: lengthsOf(of('approval')),
    held: lengthsOf(held.filter((one) => one.of === '')),
    heldKinds: longestFirst(lengthsBy(held.filter((one) => one.of !== ''))),
    heldBy: longestFirst(lengthsBy(of('heldBy'))),
  };
}

/** The four keys of these cases. */
export function keyFiguresOf(cases: readonly InsightCase[]): KeyFigures {
  const byNumber = Map.groupBy(cases, ({ number }) => number);
  const of = (number: InsightNumber): readonly InsightCase[] => byNumber.get(number) ?? [];
  const [changeCount, failedCount] = [of('changes').length, of('failed').length];
  return {
    deliveredCount: of('delivered').length,
    changeCount,
    failedCount,
    failureRate: changeCount === 0 ? null : failedCount / changeCount,
    lead: lengthsOf(of('lead')),
    restored: lengthsOf(of('restored')),
    unrestoredCount: of('unrestored').length,
  };
}

/** Whether a moment is in a stretch of time. */
export function isWithin(at: Date, { from, until }: Stretch): boolean {
  return at >= from && at < until;
}

function servicesOf(cases: readonly InsightCase[]): Insight['services'] {
  return [...Map.groupBy(cases, ({ serviceId }) => serviceId)]
    .map(([of, group]) => ({ of, figures: keyFiguresOf(group) }))
    .filter(({ figures }) => figures.changeCount > 0)
    .toSorted((left, right) => right.figures.changeCount - left.figures.changeCount || compare(left.of, right.of));
}

function regionsOf(facts: readonly DeploymentFact[], region: string | null): Insight['regions'] {
  const regions = new Set(facts.flatMap(({ targets }) => targets.map((target) => target.region)));
  return [...regions]
    .filter((name) => region === null || name === region)
    .toSorted(compare)
    .map((of) => ({ of, figures: keyFiguresOf(keyCasesOf(facts, of)) }))
    .filter(({ figures }) => figures.changeCount > 0);
}

function lengthsOf(cases: readonly InsightCase[]): Lengths {
  const all = cases.flatMap(({ ms }) => ms ?? []);
  return { count: all.length, medianMs: medianOf(all), totalMs: all.reduce((total, ms) => total + ms, 0) };
}

function lengthsBy(cases: readonly InsightCase[]): { of: string; count: number; medianMs: number | null; totalMs: number }[] {
  return grouped(cases).map(([of, group]) => ({ of, ...lengthsOf(group) }));
}

function grouped(cases: readonly InsightCase[]): readonly [string, readonly InsightCase[]][] {
  return [...Map.groupBy(cases, ({ of }) => of)];
}

function longestFirst<One extends { of: string; totalMs: number }>(all: readonly One[]): One[] {
  return all.toSorted((left, right) => right.totalMs - left.totalMs || compare(left.of, right.of));
}

/** What finishes comes after every step. */
function stepOrder(step: string): number {
  return step === 'finish' ? Infinity : Number.parseInt(step, 10);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
