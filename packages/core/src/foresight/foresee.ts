import { beginFrom } from './begin.ts';
import type { Begin } from './begin.ts';
import type { ForeseenWave, Foresight, Hold, Part } from './foresight.ts';
import { goOn, stay } from './go-on.ts';
import type { Moving } from './go-on.ts';
import { meetingsOf } from './meetings.ts';
import type { World } from './world.ts';

/**
 * How a deployment will probably go, from now to its end: when nothing stands against it any more, how long each part of each wave usually takes, and what
 * holds it on the way. The same functions judge the future that judge the present. What nobody can know is taken to go as usual: people say yes after
 * the usual time, others end after theirs, and what is measured stays within its limits.
 */
export function foresee(world: World): Foresight {
  const { now } = world.context;
  const readyAt = world.readyAt > now ? world.readyAt : now;
  const begin = beginFrom(world, readyAt, { moment: 'start', wave: 0 });
  const ride = begin.at === null ? { outcome: unbegun(begin), waves: [], holds: [], endAt: null } : rideFrom(world, begin.at);
  const span = { from: now, start: begin.at, end: ride.endAt ?? ride.waves.at(-1)?.startAt ?? null };
  return {
    at: now,
    outcome: ride.outcome,
    approvedAt: begin.asksPeople ? world.approvedAt : null,
    startAt: begin.at,
    endAt: ride.endAt,
    holds: [...begin.holds, ...ride.holds],
    waves: ride.waves,
    meetings: meetingsOf(world, span),
    usual: world.usual,
  };
}

function unbegun({ isRefused }: Begin): Foresight['outcome'] {
  return isRefused ? 'refused' : 'stuck';
}

interface Ride extends Pick<Foresight, 'outcome' | 'endAt'> {
  waves: ForeseenWave[];
  holds: Hold[];
}

const outcomes = { done: 'arrives', takenBack: 'takenBack', stuck: 'stuck' } as const;

function rideFrom(world: World, startedAt: Date): Ride {
  const ride: Ride = { outcome: 'arrives', endAt: null, waves: [], holds: [] };
  let from = startedAt;
  for (const index of world.plan.waves.keys()) {
    const moving = { startedAt, wave: index + 1 };
    const { wave, end, holds } = moveWave(world, moving, from);
    ride.waves.push(wave);
    ride.holds.push(...holds);
    if (end !== 'done' || wave.endAt === null) return { ...ride, outcome: outcomes[end] };
    if (index + 1 === world.plan.waves.length) return { ...ride, endAt: wave.endAt };
    const next = nextWave(world, { startedAt, wave: index + 2 }, wave.endAt);
    wave.bakedAt = next.bakedAt;
    ride.holds.push(...next.holds);
    if (next.end !== 'done') return { ...ride, outcome: outcomes[next.end] };
    from = next.at;
  }
  return ride;
}

interface MovedWave {
  wave: ForeseenWave;
  end: keyof typeof outcomes;
  holds: readonly Hold[];
}

function moveWave(world: World, moving: Moving, startAt: Date): MovedWave {
  const parts: Part[] = [];
  const holds: Hold[] = [];
  const regions = [...new Set(world.plan.waves[moving.wave - 1]?.targets.map(({ region }) => region))];
  const wave: ForeseenWave = { regions, startAt, endAt: null, parts, bakedAt: null };
  let at = startAt;
  for (const { kind, weight, ms } of partsOf(world, regions)) {
    const gone = goOn(world, moving, { from: at, ms });
    holds.push(...gone.holds);
    parts.push({ kind, weight, fromAt: at, untilAt: gone.at });
    if (gone.end !== 'done') return { wave, end: gone.end, holds };
    at = gone.at;
  }
  return { wave: { ...wave, endAt: at }, end: 'done', holds };
}

interface PlannedPart extends Pick<Part, 'kind' | 'weight'> {
  ms: number;
}

/** The steps of a wave with how long each usually takes. Where nothing of the service runs yet, all of it is new at once. */
function partsOf({ plan, usual, context }: World, regions: readonly string[]): readonly PlannedPart[] {
  const isFirst = context.governance.facts.targets.every(({ region, hasRelease }) => !regions.includes(region) || !hasRelease);
  const { steps } = plan.strategy;
  if (isFirst || steps.length === 0) return [{ kind: 'finish', weight: null, ms: usual.whole.seconds * 1_000 }];
  const parts: PlannedPart[] = [{ kind: 'apply', weight: null, ms: usual.apply.seconds * 1_000 }];
  let weight: number | null = null;
  for (const step of steps) {
    if (step.kind === 'weight') weight = step.percent;
    if (step.kind === 'pause' && step.durationSeconds !== undefined)
      parts.push({ kind: 'pause', weight, ms: step.durationSeconds * 1_000 });
    else {
      const kind = step.kind === 'pause' ? 'person' : step.kind;
      parts.push({ kind, weight, ms: usual[kind].seconds * 1_000 });
    }
  }
  return [...parts, { kind: 'finish', weight: 100, ms: usual.finish.seconds * 1_000 }];
}

interface NextWave {
  end: keyof typeof outcomes;
  at: Date;
  bakedAt: Date;
  holds: readonly Hold[];
}

/** From the end of a wave to the begin of the next: it is observed, then it goes on as soon as nothing stands against it. */
function nextWave(world: World, moving: Moving, from: Date): NextWave {
  const bakedAt = new Date(from.getTime() + world.plan.bakeTimeSeconds * 1_000);
  const holds: Hold[] = [];
  const baked = stay(world, moving, { from, until: bakedAt });
  if (baked.end !== 'done') return { ...baked, bakedAt };
  let at = bakedAt;
  for (let look = 0; look < 1_000; look += 1) {
    // Without any time to go, it stands where it is held or goes on at once.
    const gone = goOn(world, moving, { from: at, ms: 0 });
    holds.push(...gone.holds);
    if (gone.end !== 'done') return { ...gone, bakedAt, holds };
    const begin = beginFrom(world, gone.at, { moment: 'wave', wave: moving.wave });
    holds.push(...begin.holds);
    if (begin.at === null) return { end: 'stuck', at: gone.at, bakedAt, holds };
    const waited = stay(world, moving, { from: gone.at, until: begin.at });
    if (waited.end !== 'done') return { ...waited, bakedAt, holds: [...holds, ...waited.holds] };
    if (begin.at.getTime() === gone.at.getTime()) return { end: 'done', at: gone.at, bakedAt, holds };
    at = begin.at;
  }
  return { end: 'stuck', at, bakedAt, holds };
}
