import type { Plan } from '@flow/core/deployment';
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
