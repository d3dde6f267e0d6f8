import type { Stretch } from './buckets.ts';
import { casesOf } from './cases.ts';
import type { InsightCase, InsightNumber } from './cases.ts';
import type { DeploymentFact } from './facts.ts';
import { isWithin } from './figures.ts';

/** A number whose deployments are asked for. */
export interface WantedNumber {
  number: InsightNumber;
  of: string;
  /** Of the whole, or of one region. */
  region: string | null;
  /** The whole period, or a part of it. */
  within: Stretch;
}

/** The deployments behind one number, a part of them: what took longest first, else the newest. */
export function casesBehind(
  facts: readonly DeploymentFact[],
  { number, of, region, within }: WantedNumber,
  part: { offset: number; limit: number },
): { total: number; cases: readonly InsightCase[] } {
  const found = casesOf(facts, region)
    .filter((one) => one.number === number && one.of === of && isWithin(one.at, within))
    .toSorted(
      (left, right) =>
        (right.ms ?? 0) - (left.ms ?? 0) || right.at.getTime() - left.at.getTime() || (left.deploymentId < right.deploymentId ? -1 : 1),
    );
  return { total: found.length, cases: found.slice(part.offset, part.offset + part.limit) };
}
