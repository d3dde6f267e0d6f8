import { aRule, testId, testStrategy } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';

const guard = { uid: 'rollout-uid', podHash: 'newhash', stepIndex: 1, pauseStartedAt: '2026-03-01T09:59:00Z' };

const kubeconfig = `apiVersion: v1
kind: Config
current-context: main
clusters: [{ name: c, cluster: { server: "http://127.0.0.1:6443" } }]
users: [{ name: u, user: { token: abc } }]
contexts: [{ name: main, context: { cluster: c, user: u } }]
`;

/** What else an input needs that is not in the tenant. */
export interface Strangers {
  /** Someone with an account who is in no tenant. */
  email: string;
  userId: string;
}

/** A valid input for every procedure. A procedure that is not here fails the walk. */
export const walkInputs: Readonly<Record<string, (tenant: TestTenant, strangers: Strangers) => Record<string, unknown> | undefined>> = {
  'session.installation': () => undefined,
  'session.setUp': () => ({ email: `${testId('first')}@flow.test`, name: 'First', password: 'a long enough one' }),
  'session.me': () => undefined,
  'session.tenants': () => ({}),
  'session.logOut': () => undefined,
  'session.logOutEverywhere': () => undefined,
  'home.get': (t) => ({ tenant: t.slug }),
  'service.list': (t) => ({ tenant: t.slug }),
  'service.get': (t) => ({ tenant: t.slug, service: t.serviceSlug }),
  'service.create': (t) => ({ tenant: t.slug, slug: 'orders', name: 'Orders', repositoryUrl: 'https://git.test/orders.git' }),
  'service.edit': (t) => ({ tenant: t.slug, serviceId: t.serviceId, name: 'Renamed' }),
  'run.list': (t) => ({ tenant: t.slug, serviceId: t.serviceId }),
  'run.get': (t) => ({ tenant: t.slug, runId: t.runId }),
  'run.log': (t) => ({ tenant: t.slug, runId: t.runId, stepId: 'build-1' }),
  'run.start': (t) => ({ tenant: t.slug, serviceId: t.serviceId, commitSha: 'e'.repeat(40), branch: 'main' }),
  'run.answerGate': (t) => ({ tenant: t.slug, runId: t.movingRunId, stageKey: 'gate', approved: true }),
  'run.cancel': (t) => ({ tenant: t.slug, runId: t.movingRunId }),
  'run.retry': (t) => ({ tenant: t.slug, runId: t.failedRunId }),
  'artifact.list': (t) => ({ tenant: t.slug, serviceId: t.serviceId }),
  'artifact.get': (t) => ({ tenant: t.slug, artifactId: t.artifactId }),
  'deployment.list': (t) => ({ tenant: t.slug, serviceId: t.serviceId, environmentId: t.productionId, artifactId: t.artifactId }),
  'deployment.get': (t) => ({ tenant: t.slug, deploymentId: t.movingId }),
  'deployment.timeline': (t) => ({ tenant: t.slug, deploymentId: t.movingId }),
  'deployment.diff': (t) => ({ tenant: t.slug, deploymentId: t.waitingId }),
  'deployment.preview': (t) => ({ tenant: t.slug, serviceId: t.serviceId, environmentId: t.productionId }),
  'deployment.verdict': (t) => ({ tenant: t.slug, deploymentId: t.waitingId }),
  'deployment.ask': (t) => ({ tenant: t.slug, serviceId: t.serviceId, environmentId: t.developmentId, artifactId: t.artifactId }),
  'deployment.cancel': (t) => ({ tenant: t.slug, deploymentId: t.waitingId }),
  'deployment.rollback': (t) => ({ tenant: t.slug, deploymentId: t.movingId }),
  'deployment.act': (t) => ({ tenant: t.slug, deploymentId: t.movingId, targetDeploymentId: t.movingTargetId, action: 'promote', guard }),
  'approval.inbox': (t) => ({ tenant: t.slug }),
  'approval.get': (t) => ({ tenant: t.slug, approvalId: t.approvalId }),
  'approval.vote': (t) => ({ tenant: t.slug, approvalId: t.approvalId, answer: 'approve', shownHash: `hash-${t.waitingId}` }),
  'environment.list': (t) => ({ tenant: t.slug }),
  'environment.get': (t) => ({ tenant: t.slug, environment: t.productionSlug }),
  'environment.create': (t) => ({
    tenant: t.slug,
    slug: 'stage',
    name: 'Staging',
    kind: 'staging',
    position: 3,
    waves: [['eu-west']],
    strategy: testStrategy,
    targets: [{ clusterId: t.clusterId, namespace: `${t.slug}-stage` }],
  }),
  'environment.edit': (t) => ({ tenant: t.slug, environmentId: t.developmentId, version: 0, name: 'Renamed' }),
  'environment.archive': (t) => ({ tenant: t.slug, environmentId: t.quietId }),
  'environment.clusters': (t) => ({ tenant: t.slug }),
  'cluster.list': (t) => ({ tenant: t.slug }),
  'cluster.get': (t) => ({ tenant: t.slug, clusterId: t.clusterId }),
  'cluster.listAll': () => undefined,
  'cluster.getAny': (t) => ({ clusterId: t.clusterId }),
  'cluster.register': () => ({ name: testId('registered'), region: 'us-east', kubeconfig }),
  'cluster.test': (t) => ({ clusterId: t.clusterId }),
  'member.list': (t) => ({ tenant: t.slug }),
  'member.add': (t, strangers) => ({ tenant: t.slug, email: strangers.email, role: 'viewer' }),
  'member.changeRole': (t) => ({ tenant: t.slug, userId: t.people.viewer.id, role: 'developer' }),
  'member.remove': (t) => ({ tenant: t.slug, userId: t.people.viewer.id }),
  'role.list': (t) => ({ tenant: t.slug }),
  'token.list': (t) => ({ tenant: t.slug }),
  'token.create': (t) => ({ tenant: t.slug, name: 'nightly', scopes: ['read'], days: 30 }),
  'token.revoke': (t) => ({ tenant: t.slug, tokenId: t.tokenId }),
  'webhook.list': (t) => ({ tenant: t.slug }),
  'webhook.create': (t) => ({ tenant: t.slug, serviceId: t.serviceId, style: 'github' }),
  'webhook.remove': (t) => ({ tenant: t.slug, sourceId: t.webhookId }),
  'policy.list': (t) => ({ tenant: t.slug, kind: 'rule' }),
  'policy.get': (t) => ({ tenant: t.slug, policyId: t.policyId }),
  'policy.builtIns': (t) => ({ tenant: t.slug }),
  'policy.preview': (t) => ({ tenant: t.slug, scope: { serviceIds: [t.serviceId] } }),
  'policy.scopeChoices': (t) => ({ tenant: t.slug }),
  'policy.freezeOccurrences': (t) => ({ tenant: t.slug, from: '2026-12-01T00:00:00Z', to: '2027-01-01T00:00:00Z' }),
  'policy.save': (t) => ({ tenant: t.slug, policyId: t.policyId, seenRevision: 1, kind: 'rule', document: aRule([t.serviceId]) }),
  'policy.archive': (t) => ({ tenant: t.slug, policyId: t.policyId }),
  'policy.saveForAll': () => ({ kind: 'rule', document: aRule([]) }),
  'policy.archiveForAll': (t) => ({ policyId: t.platformPolicyId }),
  'incident.list': (t) => ({ tenant: t.slug }),
  'incident.open': (t) => ({ tenant: t.slug, serviceId: t.serviceId, title: 'Slow', severity: 'minor' }),
  'incident.close': (t) => ({ tenant: t.slug, incidentId: t.incidentId }),
  'audit.list': (t) => ({ tenant: t.slug, subject: `deployment:${t.movingId}` }),
  'tenant.create': (_, strangers) => ({ slug: `t${testId('new')}`.replaceAll(/[^a-z0-9]/g, ''), name: 'New', adminEmail: strangers.email }),
  'person.create': () => ({ email: `${testId('made')}@flow.test`, name: 'Made', password: 'a long enough one' }),
  'person.disable': (_, strangers) => ({ userId: strangers.userId }),
};
