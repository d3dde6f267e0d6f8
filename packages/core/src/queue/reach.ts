import { prepareRule } from '../rule/index.ts';
import type { Place, Rule } from '../rule/index.ts';
import type { Policies } from '../verdict/index.ts';

/**
 * How much a start looks at that another start may change.
 * - `own`: its own place alone. `tenant`: what moves in the tenant. `platform`: what moves in regions and clusters that tenants share.
 */
export type Reach = 'own' | 'tenant' | 'platform';

const order = { own: 0, tenant: 1, platform: 2 } as const satisfies Record<Reach, number>;

/** Whether the one looks at something that the other does not. */
export function isWider(one: Reach, other: Reach): boolean {
  return order[one] > order[other];
}

/** The widest look that the enforced rules of the place take. One that does not compile looks at nothing: it holds whatever moves. */
export function reachOf(policies: Policies, place: Place): Reach {
  const inputs = policies.rules.covering(place).flatMap((rule) => (rule.enforcement === 'enforce' ? inputsOfRule(rule) : []));
  if (inputs.some(isOfPlatform)) return 'platform';
  return inputs.some(isOfTenant) ? 'tenant' : 'own';
}

/** What the condition of the rule looks at, as far as it names it. */
export function inputsOfRule(rule: Rule): readonly string[] {
  const prepared = prepareRule(rule);
  return prepared.ok ? prepared.condition.inputs : [];
}

/** A count of what moves where several tenants deploy to. */
export function isOfPlatform(input: string): boolean {
  return ['inFlight', 'inFlight.platform', 'targets', 'targets[].inFlightInRegion', 'targets[].inFlightInCluster'].includes(input);
}

/** Something about other deployments of the tenant. */
export function isOfTenant(input: string): boolean {
  return input === 'inFlight.tenant' || input === 'othersOmitted' || input === 'others' || input.startsWith('others[]');
}
