import { freezes, occurrences } from '../freeze/index.ts';
import { applies } from '../rule/index.ts';
import type { Meeting } from './foresight.ts';
import type { World } from './world.ts';

/** Where a look ends that has found no end: a week further. */
const lookMs = 7 * 24 * 60 * 60 * 1_000;
const eachMax = 3;
const rolloutsMax = 10;

/** From now on; null for what was not found. */
interface Way {
  from: Date;
  start: Date | null;
  end: Date | null;
}

/** The freezes that lie between now and the end, and the rollouts of others in the same regions, or of services that it calls or that call it, while it moves. */
export function meetingsOf(world: World, way: Way): Meeting[] {
  const to = way.end ?? new Date(way.from.getTime() + lookMs);
  const met = [...freezesOn(world, { from: way.from, to }), ...(way.start === null ? [] : rolloutsOn(world, { from: way.start, to }))];
  return met.toSorted((left, right) => left.fromAt.getTime() - right.fromAt.getTime());
}

interface Range {
  from: Date;
  to: Date;
}

function freezesOn({ context: { governance } }: World, range: Range): Meeting[] {
  const { policies, place, facts } = governance;
  return policies.freezes
    .covering(place)
    .filter((freeze) => freeze.enforcement === 'enforce' && freezes(freeze, place))
    .filter(({ appliesTo }) =>
      [facts.request.action, 'advance' as const].some((action) => applies(appliesTo, action, facts.request.invoker)),
    )
    .flatMap(({ id: policyId, title, inFlight, window }) =>
      occurrences(window, { ...range, limit: eachMax }).map(({ startAt, endAt }): Meeting => ({
        kind: 'freeze',
        policyId,
        title,
        inFlight,
        fromAt: startAt,
        untilAt: endAt,
      })),
    );
}

function rolloutsOn({ context: { governance }, others, plan }: World, range: Range): Meeting[] {
  const regions = new Set(plan.waves.flatMap(({ targets }) => targets.map(({ region }) => region)));
  const expected = new Map(others.map((other) => [other.deploymentId, other]));
  return governance.facts.others
    .flatMap((other): Meeting[] => {
      const shared = other.regions.filter((region) => regions.has(region));
      const { startsAt, endsAt } = expected.get(other.id) ?? {};
      if (startsAt === undefined || endsAt === undefined || startsAt >= range.to || endsAt <= range.from) return [];
      if (shared.length === 0 && other.relation === 'none') return [];
      const { id: deploymentId, serviceName, relation } = other;
      return [{ kind: 'rollout', deploymentId, serviceName, relation, regions: shared, fromAt: startsAt, untilAt: endsAt }];
    })
    .slice(0, rolloutsMax);
}
