import { freezes, nextStart } from '../freeze/index.ts';
import { applies } from '../rule/index.ts';
import { exemptionsInEffect, judgeMoving } from '../verdict/index.ts';
import type { MovingAnswer } from '../verdict/index.ts';
import type { Hold } from './foresight.ts';
import type { World } from './world.ts';

const maxLooks = 1_000;

/** A rollout that has begun. */
export interface Moving {
  startedAt: Date;
  /** From 1 up. */
  wave: number;
}

export interface Gone {
  /** `stuck`: something holds it for which no time can be named. */
  end: 'done' | 'takenBack' | 'stuck';
  at: Date;
  holds: readonly Hold[];
}

/** Goes on for so long; while freezes or guardrails hold it, no time is counted. */
export function goOn(world: World, moving: Moving, { from, ms }: { from: Date; ms: number }): Gone {
  const holds: Hold[] = [];
  let [at, left] = [from, ms];
  for (let look = 0; look < maxLooks; look += 1) {
    const { inFlight, lookAgainAt } = judgedAt(world, moving, at);
    if (inFlight.kind === 'rollBack')
      return { end: 'takenBack', at, holds: [...holds, holdOf(moving, { sentence: inFlight.sentence, fromAt: at, untilAt: null })] };
    if (inFlight.kind === 'hold') {
      holds.push(holdOf(moving, { sentence: inFlight.sentence, fromAt: at, untilAt: lookAgainAt }));
      if (lookAgainAt === null) return { end: 'stuck', at, holds };
      at = lookAgainAt;
      continue;
    }
    const change = nextChange(world, at, lookAgainAt);
    const end = new Date(at.getTime() + left);
    if (change === null || end <= change) return { end: 'done', at: end, holds: joined(holds) };
    left -= change.getTime() - at.getTime();
    at = change;
  }
  return { end: 'stuck', at, holds };
}

/** Stays where it is until a time: only what takes it back can happen to it. */
export function stay(world: World, moving: Moving, { from, until }: { from: Date; until: Date }): Gone {
  let at: Date | null = from;
  for (let look = 0; look < maxLooks && at !== null && at < until; look += 1) {
    const { inFlight, lookAgainAt } = judgedAt(world, moving, at);
    if (inFlight.kind === 'rollBack')
      return { end: 'takenBack', at, holds: [holdOf(moving, { sentence: inFlight.sentence, fromAt: at, untilAt: null })] };
    at = nextChange(world, at, lookAgainAt);
  }
  return { end: 'done', at: until, holds: [] };
}

function judgedAt({ request, context }: World, { startedAt }: Moving, at: Date): MovingAnswer {
  const { governance } = context;
  const { policies, place, facts } = governance;
  const exemptions = exemptionsInEffect(request, { ...context, now: at }, governance);
  // What will be measured nobody knows: it is taken to stay within its limits.
  return judgeMoving(policies, { place, invoker: facts.request.invoker, startedAt, now: at, exemptions, metrics: [], failedRegions: [] });
}

/** When governance may treat it in another way: a freeze begins or ends, a limit of time is reached. */
function nextChange({ context: { governance } }: World, at: Date, lookAgainAt: Date | null): Date | null {
  const { policies, place, facts } = governance;
  const starts = policies.freezes
    .covering(place)
    .filter(
      (freeze) => freeze.enforcement === 'enforce' && applies(freeze.appliesTo, 'advance', facts.request.invoker) && freezes(freeze, place),
    )
    .flatMap(({ window }) => nextStart(window, at) ?? []);
  const times = [...starts, ...(lookAgainAt === null ? [] : [lookAgainAt])].filter((time) => time > at);
  return times.length === 0 ? null : new Date(Math.min(...times.map((time) => time.getTime())));
}

function holdOf({ wave }: Moving, held: Pick<Hold, 'sentence' | 'fromAt' | 'untilAt'>): Hold {
  return { ...held, source: null, policyId: null, wave };
}

/** One hold whose reason stays the same is told once. */
function joined(holds: readonly Hold[]): readonly Hold[] {
  const all: Hold[] = [];
  for (const hold of holds) {
    const last = all.at(-1);
    if (last?.sentence === hold.sentence && last.untilAt?.getTime() === hold.fromAt.getTime()) last.untilAt = hold.untilAt;
    else all.push({ ...hold });
  }
  return all;
}
