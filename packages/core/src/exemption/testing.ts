import { exemption } from './exemption.ts';
import type { Exemption, ExemptionInput } from './exemption.ts';

/** A planned exemption of deployment `d1` from rule `r1` for the whole of March 2026. */
export function anExemption(over: Partial<ExemptionInput> = {}): Exemption {
  return exemption.parse({
    id: 'x1',
    deploymentId: 'd1',
    ruleId: 'r1',
    kind: 'planned',
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
