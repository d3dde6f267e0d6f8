import type { RuleFacts } from '@flow/core/rule';
import { worldNow } from './world.ts';
import type { TestTenant } from './world.ts';

/** Facts about a start of the tenant's service to production that nothing speaks against; tests say what of the service differs. */
export function someFacts(tenant: TestTenant, service: Partial<RuleFacts['service']> = {}): RuleFacts {
  return {
    request: {
      action: 'create',
      invoker: 'person',
      kind: 'deploy',
      by: 'Ada',
      fromVersion: '1.0.0',
      toVersion: '1.1.0',
      changesImage: true,
      changesConfiguration: false,
      changesChart: false,
    },
    service: {
      id: tenant.serviceId,
      name: 'Checkout',
      tier: '1',
      owner: 'Payments',
      labels: {},
      dependencies: [],
      dependents: [],
      workingHours: { zone: 'UTC', days: [1, 2, 3, 4, 5], startMinute: 540, endMinute: 1_020 },
      ...service,
    },
    environment: { id: tenant.productionId, name: 'Production', kind: 'production', labels: {} },
    targets: [{ region: 'eu-west', cluster: 'c', inFlightInRegion: 0, inFlightInCluster: 0, hasRelease: true, lastGoodKnown: true }],
    others: [],
    inFlight: { tenant: 0, platform: 0 },
    previous: null,
    artifact: {
      digest: 'sha256:a',
      version: '1.1.0',
      builtAt: worldNow,
      soakingSince: null,
      testsPassed: true,
      attestations: [],
      vulnerabilities: null,
      newerBelow: [],
    },
    incidents: [],
    errorBudget: null,
    approvals: { count: 0, rejected: false },
  };
}
