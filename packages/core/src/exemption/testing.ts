import { exemption } from './exemption.ts';
import type { Exemption, ExemptionInput } from './exemption.ts';

/** A planned exemption of deployment `d1`, of checkout to production, from rule `r1` for the whole of March 2026. */
export function anExemption(over: Partial<ExemptionInput> = {}): Exemption {
  return exemption.parse({
    id: 'x1',
    ruleId: 'r1',
    kind: 'planned',
    use: 'once',
    serviceId: 'checkout',
    environmentId: 'prod',
    digest: null,
    deploymentId: 'd1',
    reason: 'Fix of the outage',
    ticket: 'INC-1',
    grantedBy: { userId: 'u1', name: 'Grace' },
    grantedAt: new Date('2026-03-01T00:00:00Z'),
    endsAt: new Date('2026-04-01T00:00:00Z'),
    usedBy: null,
    withdrawnAt: null,
    ...over,
  });
}
