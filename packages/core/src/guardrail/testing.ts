import { usualProgression } from '../deployment/index.ts';
import type { Plan } from '../deployment/index.ts';
import type { CanaryStep } from '../rollout/index.ts';
import type { PlanSubject } from './check-plan.ts';
import { guardrail } from './guardrail.ts';
import type { Guardrail, GuardrailInput } from './guardrail.ts';

/** Waves of regions, one target in each. */
export function aPlan(regions: readonly (readonly string[])[], steps: readonly CanaryStep[] = []): Plan {
  const waves = regions.map((wave) => ({
    targets: wave.map((region) => ({
      targetId: `t-${region}`,
      region,
      clusterId: `c-${region}`,
      namespace: 'shop',
      releaseName: 'checkout',
    })),
  }));
  return { waves, bakeTimeSeconds: 0, strategy: { steps: [...steps], analysis: null }, progression: usualProgression };
}

/** A plan for two regions in one wave, named by digest, with Flow's chart. */
export function aSubject(over: Partial<PlanSubject> = {}): PlanSubject {
  return { plan: aPlan([['eu', 'us']]), fleetSize: 2, workload: null, imageByDigest: true, chart: { kind: 'flow', source: '' }, ...over };
}

/** A guardrail of the platform, in force everywhere. */
export function aGuardrail(plan: GuardrailInput['plan'], run?: GuardrailInput['run']): Guardrail {
  return guardrail.parse({
    id: 'g1',
    revision: 1,
    title: 'Careful',
    owner: { kind: 'platform', name: 'Reliability' },
    scope: {},
    enforcement: 'enforce',
    plan,
    run,
  });
}
