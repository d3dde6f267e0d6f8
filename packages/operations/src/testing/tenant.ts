import { usualProgression, type Plan } from '@flow/core/deployment';
import { platformTenantId } from '../context/index.ts';
import { role } from '@flow/core/rights';
import type { Role } from '@flow/core/rights';
import type { Database } from '@flow/db/client';
import { addTrustedKey } from './attestation.ts';
import { addDrift } from './drift.ts';
import { addExternalCheck } from './external-check.ts';
import { addHeld } from './held.ts';
import { aRollout, aRule, addApiToken, addPerson, addToTenant, testId, testStrategy, worldNow } from './world.ts';
import { aSnapshot, digestOf } from './snapshot.ts';
import type { TestPerson, TestTenant } from './world.ts';

const minutesAgo = (minutes: number): Date => new Date(worldNow.getTime() - minutes * 60_000);

/** Makes a tenant with people in every role, environments, a service, and a deployment in each interesting state. */
export async function createTestTenant(db: Database): Promise<TestTenant> {
  const id = testId('tenant');
  const slug = `t${id.replaceAll(/[^a-z0-9]/g, '')}`.slice(0, 40);
  await db.prisma.tenant.create({ data: { id, slug, name: `Tenant ${id}`, createdAt: worldNow } });
  const people = await addPeople(db, id);
  const deputy = await addToTenant(db, id, { person: await addPerson(db), role: 'admin' });
  const catalog = await addCatalog(db, id);
  const built = { ...(await addArtifacts(db, id, catalog.serviceId)), ...(await addHeld(db, id, catalog.serviceId)) };
  const made = await addDeployments(db, id, { ...catalog, ...built, requestedBy: people.developer.id });
  const { id: tokenId } = await addApiToken(db, id, { userId: people.developer.id, scopes: ['read'] });
  const webhookId = testId('webhook');
  const webhook = { id: webhookId, serviceId: catalog.serviceId, style: 'github', sealedSecret: 'sealed', createdAt: worldNow };
  await db.prisma.webhookSource.create({ data: { tenantId: id, ...webhook } });
  const governed = await addGovernance(db, id, { admin: people.admin, serviceId: catalog.serviceId });
  const proven = { ...(await addTrustedKey(db, id)), ...(await addExternalCheck(db, id, made.waitingId)) };
  const exempted = await addExemptions(db, id, { people, ...catalog, ...made, ...governed });
  const approvers = await addApprovers(db, id, { people, deputy });
  const told = { ...(await addChannel(db, id, made.succeededId)), ...(await addDrift(db, id, { ...catalog, ...made })) };
  return {
    id,
    slug,
    people,
    deputy,
    ...catalog,
    ...built,
    ...made,
    ...governed,
    ...proven,
    ...exempted,
    ...approvers,
    ...told,
    tokenId,
    webhookId,
  };
}

async function addChannel(db: Database, tenantId: string, deploymentId: string): Promise<Pick<TestTenant, 'channelId' | 'deliveryId'>> {
  const [channelId, deliveryId, notificationId] = [testId('channel'), testId('delivery'), testId('notification')];
  const channel = { name: 'Chat', url: 'https://chat.test/hook', sealedSecret: 'sealed', kinds: [], createdAt: worldNow };
  await db.prisma.notificationChannel.create({ data: { tenantId, id: channelId, ...channel } });
  const notification = { kind: 'deploymentFailed', key: 'test', deploymentId, createdAt: worldNow, spreadAt: worldNow };
  await db.prisma.notification.create({ data: { tenantId, id: notificationId, ...notification } });
  const delivery = { notificationId, route: 'webhook', receiverId: channelId, state: 'dead', answer: 'HTTP 404', createdAt: worldNow };
  await db.prisma.notificationDelivery.create({ data: { tenantId, id: deliveryId, ...delivery } });
  return { channelId, deliveryId };
}

async function addApprovers(
  db: Database,
  tenantId: string,
  { people, deputy }: Pick<TestTenant, 'people' | 'deputy'>,
): Promise<Pick<TestTenant, 'groupId' | 'standInId'>> {
  const [groupId, standInId] = [testId('group'), testId('standin')];
  await db.prisma.userGroup.create({ data: { tenantId, id: groupId, name: 'Security', ownersName: 'acme/security', createdAt: worldNow } });
  await db.prisma.userGroupMember.create({ data: { tenantId, groupId, userId: people.releaseManager.id } });
  // It begins later, so that it changes nobody's vote by itself.
  const times = { startsAt: new Date(worldNow.getTime() + 86_400_000), endsAt: new Date(worldNow.getTime() + 2 * 86_400_000) };
  const named = { userId: people.admin.id, standInId: deputy.id };
  await db.prisma.standIn.create({ data: { tenantId, id: standInId, ...named, ...times, createdAt: worldNow } });
  return { groupId, standInId };
}

/** From a rule that is switched off, and over already: neither changes a verdict. */
async function addExemptions(
  db: Database,
  tenantId: string,
  of: Pick<TestTenant, 'people' | 'policyId' | 'serviceId' | 'productionId' | 'waitingId'>,
): Promise<Pick<TestTenant, 'exemptionId' | 'reviewId'>> {
  const [exemptionId, reviewId] = [testId('exemption'), testId('exemption')];
  const { people, policyId, serviceId, productionId: environmentId, waitingId: deploymentId } = of;
  const from = { policyId, policyKind: 'rule', policyTitle: 'Look twice', isOfPlatform: false, serviceId, environmentId };
  const said = { use: 'once', reason: 'The fix of the outage', ticket: 'INC-1' };
  const askedBy = ({ id, actor }: TestPerson) => ({ askedBy: id, askedByName: actor.name });
  const endsAt = new Date(worldNow.getTime() + 3_600_000);
  const wish = { kind: 'planned', state: 'asked', deploymentId, askedAt: minutesAgo(5), endsAt };
  await db.prisma.exemption.create({ data: { tenantId, id: exemptionId, ...from, ...said, ...wish, ...askedBy(people.developer) } });
  const taken = { kind: 'breakGlass', state: 'granted', askedAt: minutesAgo(120), decidedAt: minutesAgo(120), endsAt: minutesAgo(60) };
  const by = { ...askedBy(people.releaseManager), decidedBy: people.releaseManager.id, decidedByName: people.releaseManager.actor.name };
  await db.prisma.exemption.create({
    data: { tenantId, id: reviewId, ...from, ...said, ...taken, ...by, digest: digestOf('a'), version: '1.0.0', reviewDueAt: endsAt },
  });
  return { exemptionId, reviewId };
}

async function addGovernance(
  db: Database,
  tenantId: string,
  { admin, serviceId }: { admin: TestPerson; serviceId: string },
): Promise<Pick<TestTenant, 'policyId' | 'platformPolicyId' | 'gateId' | 'incidentId'>> {
  const [policyId, platformPolicyId, incidentId] = [testId('policy'), testId('policy'), testId('incident')];
  const gateId = await addGate(db, tenantId);
  const policy = (tenant: string, id: string) => ({
    data: {
      tenantId: tenant,
      id,
      kind: 'rule',
      title: 'Look twice',
      enforcement: 'off',
      revision: 1,
      document: JSON.parse(JSON.stringify(aRule([]))),
      createdAt: worldNow,
      updatedAt: worldNow,
    },
  });
  await db.prisma.policy.create(policy(tenantId, policyId));
  await db.prisma.policy.create(policy(platformTenantId, platformPolicyId));
  await db.prisma.incident.create({
    data: { tenantId, id: incidentId, serviceId, title: 'Slow', severity: 'minor', openedAt: worldNow, openedBy: `user:${admin.id}` },
  });
  return { policyId, platformPolicyId, gateId, incidentId };
}

async function addGate(db: Database, tenantId: string): Promise<string> {
  const id = testId('gate');
  const checks = [{ kind: 'checklist', key: 'list', title: 'List', items: ['Support knows'] }];
  const document = { title: 'Ready', scope: {}, appliesTo: {}, enforcement: 'off', checks };
  const row = { kind: 'gate', title: 'Ready', enforcement: 'off', revision: 1, document, createdAt: worldNow, updatedAt: worldNow };
  await db.prisma.policy.create({ data: { tenantId, id, ...row } });
  return id;
}

async function addPeople(db: Database, tenantId: string): Promise<Record<Role, TestPerson>> {
  const one = async (name: Role): Promise<TestPerson> => addToTenant(db, tenantId, { person: await addPerson(db), role: name });
  return {
    admin: await one('admin'),
    releaseManager: await one('releaseManager'),
    developer: await one('developer'),
    viewer: await one('viewer'),
  };
}

/** Every role, for tests that go through all of them. */
export const roles = role.options;

type Catalog = Pick<
  TestTenant,
  | 'clusterId'
  | 'unusedClusterId'
  | 'serviceId'
  | 'serviceSlug'
  | 'developmentId'
  | 'developmentSlug'
  | 'productionId'
  | 'productionSlug'
  | 'quietId'
>;

async function addCatalog(db: Database, tenantId: string): Promise<Catalog> {
  const { prisma } = db;
  const [clusterId, unusedClusterId] = [testId('cluster'), testId('unused')];
  const connection = { server: 'https://cluster.test', caPem: '' };
  const cluster = (id: string) => ({ id, name: id, region: 'eu-west', connection, sealedCredential: 'sealed', createdAt: worldNow });
  await prisma.cluster.create({ data: { ...cluster(clusterId), capabilities: { workflows: true, rollouts: true, checks: [] } } });
  await prisma.cluster.create({ data: cluster(unusedClusterId) });
  const serviceId = testId('service');
  await prisma.service.create({
    data: {
      tenantId,
      id: serviceId,
      slug: 'checkout',
      name: 'Checkout',
      repositoryUrl: 'https://git.test/checkout.git',
      createdAt: worldNow,
    },
  });
  const environments = [
    { id: testId('dev'), slug: 'dev', name: 'Development', kind: 'development', position: 1, requiredApprovals: 0 },
    { id: testId('prod'), slug: 'prod', name: 'Production', kind: 'production', position: 2, requiredApprovals: 1 },
    { id: testId('quiet'), slug: 'quiet', name: 'Quiet', kind: 'staging', position: 3, requiredApprovals: 0 },
  ] as const;
  for (const environment of environments) {
    await prisma.environment.create({
      data: { tenantId, ...environment, waves: [['eu-west']], strategy: testStrategy, createdAt: worldNow },
    });
    await prisma.target.create({
      data: {
        tenantId,
        id: `${environment.id}-eu`,
        environmentId: environment.id,
        region: 'eu-west',
        clusterId,
        namespace: `${environment.slug}-${tenantId}`.slice(0, 60),
      },
    });
  }
  return {
    clusterId,
    unusedClusterId,
    serviceId,
    serviceSlug: 'checkout',
    developmentId: environments[0].id,
    developmentSlug: 'dev',
    productionId: environments[1].id,
    productionSlug: 'prod',
    quietId: environments[2].id,
  };
}

type Built = Pick<TestTenant, 'artifactId' | 'olderArtifactId' | 'runId' | 'movingRunId' | 'failedRunId'>;

async function addArtifacts(db: Database, tenantId: string, serviceId: string): Promise<Built> {
  const { prisma } = db;
  const commit = { commitSha: 'c'.repeat(40), commitMessage: 'Add a thing', commitAuthor: 'Somebody <somebody@flow.test>' };
  const [runId, movingRunId, failedRunId] = [
    await addRun(db, tenantId, { ...commit, serviceId, number: 1, state: 'succeeded' }),
    await addRun(db, tenantId, { ...commit, serviceId, number: 2, state: 'running' }),
    await addRun(db, tenantId, { ...commit, serviceId, number: 3, state: 'failed' }),
  ];
  const gate = { key: 'gate', name: 'Go on?', kind: 'approval', position: 1, state: 'waiting' };
  await prisma.stageRun.create({ data: { tenantId, runId: movingRunId, ...gate } });
  await prisma.logChunk.create({ data: { tenantId, runId, stepId: 'build-1', ordinal: 0, firstLine: 1, lineCount: 1, text: 'hello\n' } });
  const artifact = async (version: string, letter: string, minutes: number): Promise<string> => {
    const id = testId('artifact');
    await prisma.artifact.create({
      data: {
        tenantId,
        id,
        serviceId,
        runId,
        version,
        repository: 'registry.test/checkout',
        digest: digestOf(letter),
        chartVersion: '1.0.0',
        ...commit,
        createdAt: minutesAgo(minutes),
      },
    });
    return id;
  };
  const [olderArtifactId, artifactId] = [await artifact('1.0.0', 'a', 59), await artifact('1.1.0', 'b', 30)];
  await prisma.pipelineRun.update({ where: { tenantId_id: { tenantId, id: runId } }, data: { artifactId } });
  return { runId, movingRunId, failedRunId, olderArtifactId, artifactId };
}

interface WantedRun {
  serviceId: string;
  number: number;
  state: 'succeeded' | 'running' | 'failed';
  commitSha: string;
  commitMessage: string;
  commitAuthor: string;
}

/** A run with one stage of one step and one segment, all in the same state. */
async function addRun(db: Database, tenantId: string, run: WantedRun): Promise<string> {
  const runId = testId('run');
  const { state } = run;
  const fixed = { branch: 'main', trigger: 'push', definition: {}, clusterId: 'none', createdAt: minutesAgo(60 - run.number) };
  await db.prisma.pipelineRun.create({ data: { tenantId, id: runId, ...run, ...fixed } });
  const steps = [{ id: 'build-1', name: 'compile', state }];
  await db.prisma.stageRun.create({ data: { tenantId, runId, key: 'build', name: 'Build', kind: 'steps', position: 0, state, steps } });
  await db.prisma.runSegment.create({
    data: { tenantId, runId, ordinal: 1, workflowName: runId, namespace: 'ns', stageKeys: ['build'], state },
  });
  return runId;
}

interface Wanted {
  environmentId: string;
  artifactId: string;
  state: string;
  minutes: number;
  targetState: string;
}

async function addDeployments(
  db: Database,
  tenantId: string,
  from: Catalog & Built & { requestedBy: string },
): Promise<Pick<TestTenant, 'movingId' | 'movingTargetId' | 'waitingId' | 'approvalId' | 'succeededId'>> {
  const { prisma } = db;
  const add = (wanted: Wanted): Promise<string> => addDeployment(db, tenantId, { ...from, ...wanted });
  await add({
    environmentId: from.developmentId,
    artifactId: from.olderArtifactId,
    state: 'succeeded',
    minutes: 50,
    targetState: 'healthy',
  });
  const succeededId = await add({
    environmentId: from.developmentId,
    artifactId: from.artifactId,
    state: 'succeeded',
    minutes: 25,
    targetState: 'healthy',
  });
  const waitingId = await add({
    environmentId: from.productionId,
    artifactId: from.artifactId,
    state: 'awaitingApproval',
    minutes: 10,
    targetState: 'pending',
  });
  const movingId = await add({
    environmentId: from.productionId,
    artifactId: from.olderArtifactId,
    state: 'deploying',
    minutes: 20,
    targetState: 'paused',
  });
  const movingTargetId = `${movingId}-target`;
  await prisma.deployment.update({
    where: { tenantId_id: { tenantId, id: movingId } },
    data: { activePlace: `${from.serviceId}/${from.productionId}` },
  });
  await prisma.targetDeployment.update({
    where: { tenantId_id: { tenantId, id: movingTargetId } },
    data: { observed: aRollout({ deploymentId: movingId }) },
  });
  await prisma.runningVersion.create({
    data: {
      tenantId,
      serviceId: from.serviceId,
      targetId: `${from.developmentId}-eu`,
      environmentId: from.developmentId,
      region: 'eu-west',
      artifactId: from.artifactId,
      deploymentId: succeededId,
      version: '1.1.0',
      digest: digestOf('b'),
      releaseRevision: 2,
      since: minutesAgo(24),
    },
  });
  await prisma.renderedManifest.create({
    data: {
      tenantId,
      deploymentId: waitingId,
      targetId: `${from.productionId}-eu`,
      manifest: 'kind: Rollout\n',
      manifestHash: 'm1',
      previous: '',
    },
  });
  const approvalId = testId('approval');
  await prisma.approvalRequest.create({
    data: {
      tenantId,
      id: approvalId,
      deploymentId: waitingId,
      state: 'pending',
      subjectHash: `hash-${waitingId}`,
      requiredCount: 1,
      excluded: [from.requestedBy],
      expiresAt: new Date(worldNow.getTime() + 3_600_000),
      createdAt: minutesAgo(9),
    },
  });
  return { movingId, movingTargetId, waitingId, approvalId, succeededId };
}

async function addDeployment(db: Database, tenantId: string, wanted: Wanted & Catalog & Built & { requestedBy: string }): Promise<string> {
  const id = testId('deployment');
  const target = {
    targetId: `${wanted.environmentId}-eu`,
    region: 'eu-west',
    clusterId: wanted.clusterId,
    namespace: 'ns',
    releaseName: wanted.serviceSlug,
  };
  const plan: Plan = { waves: [{ targets: [target] }], bakeTimeSeconds: 30, strategy: testStrategy, progression: usualProgression };
  const { serviceId, environmentId, artifactId, state, requestedBy } = wanted;
  await db.prisma.deployment.create({
    data: {
      tenantId,
      id,
      serviceId,
      environmentId,
      artifactId,
      state,
      plan,
      snapshot: state === 'succeeded' ? aSnapshot({ ...wanted, tenantId, targetId: target.targetId }) : {},
      snapshotHash: `hash-${id}`,
      requestedBy,
      invoker: 'person',
      createdAt: minutesAgo(wanted.minutes),
    },
  });
  await db.prisma.targetDeployment.create({
    data: { tenantId, id: `${id}-target`, deploymentId: id, wave: 0, state: wanted.targetState, ...target },
  });
  return id;
}
