import { nobody } from '@flow/core/approval';
import type { Exemption } from '@flow/core/exemption';
import type { RuleFacts } from '@flow/core/rule';
import { indexPolicies } from '@flow/core/verdict';
import type { DeploymentRequest, VerdictContext } from '@flow/core/verdict';

const facts: RuleFacts = {
  request: {
    action: 'create',
    invoker: 'person',
    kind: 'deploy',
    by: 'Ada',
    fromVersion: '1',
    toVersion: '2',
    changesImage: true,
    changesConfiguration: false,
    changesChart: false,
  },
  service: {
    id: 's1',
    name: 'Checkout',
    tier: '1',
    owner: 'Payments',
    labels: {},
    dependencies: [],
    dependents: [],
    workingHours: { zone: 'UTC', days: [1], startMinute: 0, endMinute: 1 },
  },
  environment: { id: 'e1', name: 'Production', kind: 'production', labels: {} },
  targets: [],
  others: [],
  inFlight: { tenant: 0, platform: 0 },
  previous: null,
  artifact: {
    digest: 'sha256:a',
    version: '2',
    builtAt: new Date(0),
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
/** A deployment of service `s1` to environment `e1`, which has been prepared. */
export function requestOf(deploymentId: string): DeploymentRequest {
  return { deploymentId, kind: 'deploy', subjectHash: 'h1' };
}

/** What differs from a start that nothing speaks against. */
interface Judged {
  now: Date;
  policies: Parameters<typeof indexPolicies>[0];
  exemptions: readonly Exemption[];
  serviceId?: string;
  digest?: string;
  /** What uses an exemption: the deployment. */
  useKey?: string;
  approvals?: number;
}

/** All that the rules look at for one start, as the product would load it. */
export function contextOf(judged: Judged): VerdictContext {
  const { now, policies, exemptions, serviceId = 's1', digest = 'sha256:a', useKey = 'd1', approvals = 0 } = judged;
  return {
    now,
    environment: { name: 'Production', requiredApprovals: 0, archivedAt: null },
    service: { name: 'Checkout', archivedAt: null },
    active: [],
    approval: { approvedCount: approvals, subjectHash: 'h1', state: 'approved' },
    governance: {
      policies: indexPolicies(policies),
      place: { tenantId: 't1', environmentId: 'e1', environmentKind: 'production', serviceId, tier: '1', regions: [], labels: {} },
      facts: { ...facts, artifact: { ...facts.artifact, digest }, service: { ...facts.service, id: serviceId } },
      plan: null,
      evidence: [],
      exemptions,
      voting: { ballot: null, electorate: nobody },
      useKey,
      beginsWave: true,
    },
  };
}
