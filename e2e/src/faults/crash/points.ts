import { isDeepStrictEqual } from 'node:util';
import type { CrashResult } from './bench.ts';

/** The moments that differ in what has happened outside: just before one act is the same as just after the act before it. */
export function pointsOf(moments: readonly string[]): number[] {
  return moments.flatMap((name, index) => {
    const isSameAsBefore = name.startsWith('before ') && moments[index - 1]?.startsWith('after ') === true;
    return isSameAsBefore ? [] : [index + 1];
  });
}

const done = /^(?:helm|after helm|after patch|after create|after delete) /;

/** At most so many of the points: all at which something was done in a cluster and not recorded yet, and of the others what the numbers choose. */
export function choosePoints(
  moments: readonly string[],
  points: readonly number[],
  choose: { max: number; random: () => number },
): number[] {
  const acts = points.filter((point) => done.test(moments[point - 1] ?? ''));
  const others = points.filter((point) => !acts.includes(point));
  return [...acts, ...takeSome(others, choose.max - acts.length, choose.random)].slice(0, choose.max);
}

/** Some of the things, each at most once, chosen by the numbers. */
export function takeSome<Thing>(things: readonly Thing[], count: number, random: () => number): Thing[] {
  return things
    .map((thing) => ({ thing, order: random() }))
    .toSorted((left, right) => left.order - right.order)
    .slice(0, count)
    .map(({ thing }) => thing);
}

// A worker that died inside of helm leaves a release that is cured first, or the record of a rollback that is forgotten: that is an act more, by the same key.
const cures = /: (?:rollback checkout to 1|uninstall checkout|delete secrets\/sh\.helm\.release\.v1\.checkout\.v\d+)$/;

/** What of a run with crashes is not as in the run without; null when it is the same. */
export function firstDifference(clean: CrashResult, crashed: CrashResult): string | null {
  for (const part of ['deployment', 'targets', 'running', 'shown', 'transitions', 'actions', 'told', 'revisions'] as const)
    if (!isDeepStrictEqual(clean.end[part], crashed.end[part]))
      return `${part}: ${JSON.stringify(crashed.end[part])} instead of ${JSON.stringify(clean.end[part])}`;
  const extra = moreThan(crashed.effects, clean.effects);
  const missing = moreThan(clean.effects, crashed.effects);
  if (missing.length > 0) return `not done: ${missing.join('; ')}`;
  if (extra.length > crashed.helmsCut || !extra.every((effect) => cures.test(effect))) return `done once more: ${extra.join('; ')}`;
  return null;
}

/** What the left list holds more often than the right one. */
function moreThan(left: readonly string[], right: readonly string[]): string[] {
  const rest = [...right];
  return left.filter((each) => {
    const at = rest.indexOf(each);
    if (at >= 0) rest.splice(at, 1);
    return at < 0;
  });
}
