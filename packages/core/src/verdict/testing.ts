import { nobody } from '../approval/index.ts';
import { someFacts } from '../rule/testing.ts';
import { indexPolicies } from './governance.ts';
import type { Governance } from './governance.ts';
import type { DeploymentRequest, VerdictContext } from './verdict.ts';

/** Monday, 11:00 in Berlin. */
export const monday = new Date('2026-03-02T10:00:00Z');

/** A deployment of the checkout service that has been prepared. */
export function aRequest(over: Partial<DeploymentRequest> = {}): DeploymentRequest {
  return { deploymentId: 'd1', kind: 'deploy', subjectHash: 'h1', ...over };
}

/** A place and facts that nothing speaks against, with these policies. */
export function aGovernance(policies: Parameters<typeof indexPolicies>[0], over: Partial<Governance> = {}): Governance {
  return {
    policies: indexPolicies(policies),
    place: {
      tenantId: 't1',
      environmentId: 'prod',
      environmentKind: 'production',
      serviceId: 'checkout',
      tier: '1',
      regions: ['eu'],
      labels: {},
    },
    facts: someFacts(),
    plan: null,
    evidence: [],
    exemptions: [],
    voting: { ballot: null, electorate: nobody },
    useKey: 'start-1',
    beginsWave: true,
    ...over,
  };
}

/** The context of the request under this governance. */
export function aContext(governance: Governance, over: Partial<VerdictContext> = {}): VerdictContext {
  return {
    now: monday,
    environment: { name: 'Production', requiredApprovals: 0, archivedAt: null },
    service: { name: 'Checkout', archivedAt: null },
    active: [],
    approval: null,
    governance,
    ...over,
  };
}
