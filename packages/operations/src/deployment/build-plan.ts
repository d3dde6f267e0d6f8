import type { Plan, Progression } from '@flow/core/deployment';
import type { EnvironmentDetail } from '@flow/db/catalog';

/**
 * The plan of a deployment to an environment: a wave for each group of regions, in order. A target in a region that no wave names comes last,
 * so that nothing is left out in silence. The release is named after the service: one release of it in each namespace.
 */
export function buildPlan(
  environment: Pick<EnvironmentDetail, 'waves' | 'targets' | 'bakeTimeSeconds' | 'strategy' | 'progression'>,
  serviceSlug: string,
): Plan {
  const planned = environment.targets.map((target) => ({
    targetId: target.id,
    region: target.region,
    clusterId: target.clusterId,
    namespace: target.namespace,
    releaseName: serviceSlug,
  }));
  const named = new Set(environment.waves.flat());
  const groups = [
    ...environment.waves.map((regions) => planned.filter((target) => regions.includes(target.region))),
    planned.filter((target) => !named.has(target.region)),
  ];
  return {
    waves: groups.filter((targets) => targets.length > 0).map((targets) => ({ targets })),
    bakeTimeSeconds: environment.bakeTimeSeconds,
    strategy: environment.strategy,
    progression: environment.progression,
  };
}

// Of regions that go back, one that fails takes none of the others with it.
const eachForItself: Progression['onFailure'] = { kind: 'goOn', budget: 50, beyond: 'stop' };

/**
 * The plan by which a person goes back: all regions at once and past the steps of the canary, since what was healthy there is better than what they go back from.
 * A region that fails stays for a person to look at, and the others go on.
 */
export function buildBackPlan(environment: Parameters<typeof buildPlan>[0], serviceSlug: string): Plan {
  const { waves, progression } = buildPlan(environment, serviceSlug);
  return {
    waves: [{ targets: waves.flatMap(({ targets }) => targets) }],
    bakeTimeSeconds: 0,
    strategy: { steps: [], analysis: null },
    progression: { ...progression, onFailure: eachForItself, regionsAtOnce: null, pauses: 'none' },
  };
}
