import type { Plan } from '../deployment/index.ts';
import type { OtherDeployment, RuleFacts } from '../rule/index.ts';
import type { DeploymentRequest, Governance, VerdictContext } from '../verdict/index.ts';
import { remainingMs } from './usual.ts';
import type { Usual } from './usual.ts';

/** When another deployment will probably move. */
export interface Expected {
  deploymentId: string;
  startsAt: Date;
  endsAt: Date;
}

/** All that a look ahead rests on: the present, and how it will probably change. */
export interface World {
  request: DeploymentRequest;
  context: VerdictContext & { governance: Governance };
  plan: Plan;
  usual: Usual;
  others: readonly Expected[];
  /** When it will be rendered and checked. */
  readyAt: Date;
  /** When people will have said yes, whoever is asked. */
  approvedAt: Date;
}

/** What a start, or the begin of a further wave, is judged by. */
export type Moment = 'start' | 'wave';

/** What rules would look at then: those who move have ended, those who stand before have begun. Nothing else changes by itself. */
export function contextAt(world: World, at: Date, moment: Moment): World['context'] {
  const { context } = world;
  const { governance, turn, ...rest } = context;
  const expected = new Map(world.others.map((other) => [other.deploymentId, other]));
  const hasBegun = (id: string): boolean => (expected.get(id)?.startsAt ?? at) <= at && expected.has(id);
  const hasEnded = (id: string): boolean => (expected.get(id)?.endsAt ?? at) <= at && expected.has(id);
  const ahead = turn?.ahead.filter(({ deploymentId }) => !hasBegun(deploymentId)) ?? [];
  return {
    ...rest,
    now: at,
    active: context.active.filter(({ id }) => !hasEnded(id)),
    ...(turn === undefined || moment === 'wave' ? {} : { turn: { ...turn, ahead } }),
    governance: { ...governance, beginsWave: true, facts: factsAt(world, { expected, at, moment }) },
  };
}

interface Then {
  expected: ReadonlyMap<string, Expected>;
  at: Date;
  moment: Moment;
}

function factsAt({ context, plan }: World, { expected, at, moment }: Then): RuleFacts {
  const { facts } = context.governance;
  const request = moment === 'start' ? facts.request : { ...facts.request, action: 'advance' as const };
  const others = facts.others.map((other) => otherAt(other, expected.get(other.id), at));
  const moved = facts.others.flatMap((before, index) => {
    const change = Number(others[index]?.state === 'inFlight') - Number(before.state === 'inFlight');
    return change === 0 ? [] : [{ other: before, change }];
  });
  if (moved.length === 0) return { ...facts, request, others };
  const sum = (isThere: (other: OtherDeployment) => boolean): number =>
    moved.reduce((total, { other, change }) => total + (isThere(other) ? change : 0), 0);
  const clusterIds = clusterIdsOf(plan, facts.targets);
  return {
    ...facts,
    request,
    others,
    inFlight: {
      tenant: atLeast0(facts.inFlight.tenant + sum(() => true)),
      platform: atLeast0(facts.inFlight.platform + sum(() => true)),
    },
    targets: facts.targets.map((target, index) => ({
      ...target,
      inFlightInRegion: atLeast0(target.inFlightInRegion + sum(({ regions }) => regions.includes(target.region))),
      inFlightInCluster: atLeast0(target.inFlightInCluster + sum(({ clusters }) => clusters.includes(clusterIds[index] ?? ''))),
    })),
  };
}

function otherAt(other: OtherDeployment, expected: Expected | undefined, at: Date): OtherDeployment {
  if (expected === undefined) return other;
  if (expected.endsAt <= at) return { ...other, state: 'succeeded', since: expected.endsAt };
  return other.state === 'queued' && expected.startsAt <= at ? { ...other, state: 'inFlight', since: expected.startsAt } : other;
}

/** Targets of one region stand in the plan in the order in which they stand in the facts. */
function clusterIdsOf(plan: Plan, targets: RuleFacts['targets']): readonly string[] {
  const planned = plan.waves.flatMap((wave) => wave.targets);
  return targets.map(({ region }, index) => {
    const place = targets.slice(0, index).filter((target) => target.region === region).length;
    return planned.filter((target) => target.region === region)[place]?.clusterId ?? '';
  });
}

function atLeast0(count: number): number {
  return Math.max(0, count);
}

/**
 * When those who move now will have ended, and when those who stand before in a queue will move: each begins at the next end. Those that wait for something
 * else are not expected to move.
 */
export function expectOthers(
  { now, active, turn, governance }: World['context'],
  usualMsOf: (other: { deploymentId: string; serviceId: string; environmentId: string }) => number,
): readonly Expected[] {
  const known = new Map(governance.facts.others.map((other) => [other.id, other]));
  const msOf = (deploymentId: string): number => {
    const { serviceId = '', environmentId = '' } = known.get(deploymentId) ?? {};
    return usualMsOf({ deploymentId, serviceId, environmentId });
  };
  const moving = new Set([
    ...governance.facts.others.filter(({ state }) => state === 'inFlight').map(({ id }) => id),
    ...active.map(({ id }) => id),
  ]);
  const ends = [...moving].map((deploymentId): Expected => {
    const since = known.get(deploymentId)?.since ?? now;
    const left = remainingMs(msOf(deploymentId), now.getTime() - since.getTime());
    return { deploymentId, startsAt: since, endsAt: new Date(now.getTime() + left) };
  });
  const free = ends.map(({ endsAt }) => endsAt.getTime()).toSorted((left, right) => left - right);
  const queued: Expected[] = [];
  for (const { deploymentId } of uniqueBy(turn?.ahead ?? [], (one) => one.deploymentId)) {
    const startsAt = free.shift() ?? now.getTime();
    const endsAt = startsAt + msOf(deploymentId);
    free.push(endsAt);
    free.sort((left, right) => left - right);
    queued.push({ deploymentId, startsAt: new Date(startsAt), endsAt: new Date(endsAt) });
  }
  return [...ends, ...queued];
}

function uniqueBy<T>(all: readonly T[], keyOf: (one: T) => string): readonly T[] {
  return [...new Map(all.map((one) => [keyOf(one), one])).values()];
}
