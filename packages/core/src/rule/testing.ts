import type { OtherDeployment, RuleFacts } from './facts.ts';
import { rule } from './rule.ts';
import type { Rule, RuleInput } from './rule.ts';

/** Facts about a quiet service that nothing speaks against; tests say what differs. */
export function someFacts(over: Partial<RuleFacts> = {}): RuleFacts {
  return {
    request: {
      action: 'create',
      invoker: 'person',
      kind: 'deploy',
      by: 'Ada',
      fromVersion: '1.0',
      toVersion: '1.1',
      changesImage: true,
      changesConfiguration: false,
      changesChart: false,
    },
    service: {
      id: 'checkout',
      name: 'Checkout',
      tier: '1',
      owner: 'Payments',
      labels: { team: 'payments' },
      dependencies: ['cart'],
      dependents: [],
      workingHours: { zone: 'Europe/Berlin', days: [1, 2, 3, 4, 5], startMinute: 9 * 60, endMinute: 17 * 60 },
    },
    environment: { id: 'prod', name: 'Production', kind: 'production', labels: {} },
    targets: [{ region: 'eu', cluster: 'c1', inFlightInRegion: 0, inFlightInCluster: 0, hasRelease: true, lastGoodKnown: true }],
    others: [],
    inFlight: { tenant: 0, platform: 0 },
    previous: null,
    artifact: {
      digest: 'sha256:a',
      version: '1.1',
      builtAt: new Date('2026-02-27T10:00:00Z'),
      soakingSince: new Date('2026-02-28T10:00:00Z'),
      testsPassed: true,
      attestations: [],
      vulnerabilities: null,
      newerBelow: [],
    },
    incidents: [],
    errorBudget: null,
    approvals: { count: 0, rejected: false },
    ...over,
  };
}

/** Another deployment that is moving now. */
export function anotherDeployment(over: Partial<OtherDeployment> = {}): OtherDeployment {
  return {
    id: 'd9',
    serviceId: 'cart',
    serviceName: 'Cart',
    relation: 'dependency',
    tenantId: 't1',
    environmentId: 'prod',
    environmentKind: 'production',
    regions: ['eu'],
    clusters: ['c1'],
    state: 'inFlight',
    digest: 'sha256:b',
    weight: 20,
    since: new Date('2026-03-02T09:00:00Z'),
    ...over,
  };
}

/** A rule that is enforced everywhere and blocks always, unless the test says otherwise. */
export function aRule(over: Partial<RuleInput> & { source?: string } = {}): Rule {
  const { source = 'true', ...fields } = over;
  return rule.parse({
    id: 'r1',
    revision: 1,
    title: 'A rule',
    owner: { kind: 'tenant', name: 'Shop' },
    scope: {},
    appliesTo: {},
    enforcement: 'enforce',
    effect: { kind: 'block' },
    condition: { kind: 'expression', source },
    ...fields,
  });
}
