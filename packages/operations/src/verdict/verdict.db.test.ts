import { FlowError } from '@flow/core/fault';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { askForDeployment, previewDeployment } from '../deployment/index.ts';
import { closeIncident, openIncident } from '../incident/index.ts';
import { savePolicy } from '../policy/index.ts';
import { quarantineArtifact } from '../promotion/index.ts';
import { aRule, actAs, createTestTenant, isWoken, testId, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';

let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url);
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  tenant = await createTestTenant(db);
  // The incident that every test tenant has would speak in all of these.
  await closeIncident(as('admin'), { incidentId: tenant.incidentId });
});

const as = (person: keyof TestTenant['people']) => actAs(db, tenant.id, tenant.people[person].actor);
const place = (environmentId = tenant.quietId) => ({ serviceId: tenant.serviceId, environmentId, artifactId: tenant.artifactId });
const preview = (environmentId?: string) => previewDeployment(as('viewer'), place(environmentId));
const switchOn = (key: string, effect: object, settings = {}) =>
  savePolicy(as('admin'), {
    kind: 'rule',
    document: JSON.parse(JSON.stringify(aRule([], { condition: { kind: 'builtIn', use: { key, settings } } }))),
    note: '',
  }).then(({ policyId }) =>
    savePolicy(as('admin'), {
      kind: 'rule',
      policyId,
      seenRevision: 1,
      document: JSON.parse(JSON.stringify({ ...aRule([], { condition: { kind: 'builtIn', use: { key, settings } } }), effect })),
    }),
  );

describe('rules in force', () => {
  test('nothing stands against a deployment where nothing is in force', async () => {
    expect(await preview()).toMatchObject({ kind: 'allowed', reasons: [] });
  });

  test('an open incident holds, says which, and what waited is looked at again when it is closed', async () => {
    await switchOn('open-incident', { kind: 'hold' });
    const { incidentId } = await openIncident(as('developer'), { serviceId: tenant.serviceId, title: 'Carts time out', severity: 'major' });
    const verdict = await preview();
    expect(verdict.kind).toBe('heldUntil');
    expect(verdict.reasons.map((reason) => reason.sentence)).toEqual(['An incident is open: Carts time out']);
    await db.prisma.job.deleteMany({ where: { tenantId: tenant.id } });
    await closeIncident(as('developer'), { incidentId });
    expect(await isWoken(db, 'deployment', tenant.waitingId)).toBe(true);
    expect((await preview()).kind).toBe('allowed');
  });

  test('a rule that blocks refuses the asking with its sentence and who lifts it', async () => {
    await savePolicy(as('admin'), {
      kind: 'rule',
      document: aRule([], { effect: { kind: 'block' }, message: 'Not {{ service.name }} today' }),
    });
    const error: unknown = await askForDeployment(as('developer'), place()).catch((thrown: unknown) => thrown);
    expect(error instanceof FlowError ? [error.code, error.message] : error).toEqual([
      'precondition',
      expect.stringMatching(/^Not Checkout today\. It is lifted by /),
    ]);
  });

  test('a rule that asks for people makes the approval need as many', async () => {
    await savePolicy(as('admin'), { kind: 'rule', document: aRule([], { effect: { kind: 'requireApprovals', count: 3 } }) });
    expect(await preview(tenant.productionId)).toMatchObject({ kind: 'needsApprovals', missing: 3, approvalsRequired: 3 });
  });

  test('in shadow it decides nothing and is shown apart', async () => {
    await savePolicy(as('admin'), { kind: 'rule', document: aRule([], { effect: { kind: 'block' }, enforcement: 'shadow' }) });
    const verdict = await preview();
    expect(verdict.kind).toBe('allowed');
    expect(verdict.shadow).toHaveLength(1);
  });

  test('a version that has not run below is held, and one that has soaked there is not', async () => {
    await switchOn('not-soaked', { kind: 'hold' }, { minutes: 0 });
    expect((await preview(tenant.productionId)).reasons.map((reason) => reason.sentence)).not.toContain(
      'It has not run in the environment below yet',
    );
    const older = { ...place(tenant.productionId), artifactId: tenant.olderArtifactId };
    expect((await previewDeployment(as('viewer'), older)).reasons.map((reason) => reason.sentence)).toContain(
      'It has not run in the environment below yet',
    );
  });

  describe('no way back', () => {
    const reasons = async () => (await preview()).reasons.map(({ sentence }) => sentence);
    const says = 'No good version to go back to is known in eu-west: 2 more approvals are needed';
    /** The first release of the service in the quiet environment, as Helm has made it and as it failed. */
    const firstRelease = async (releaseRevision: number | null) => {
      const [id, { quietId: environmentId, serviceId, artifactId, clusterId }] = [testId('deployment'), tenant];
      const fixed = { plan: {}, snapshot: {}, snapshotHash: '', invoker: 'person', createdAt: worldNow };
      await db.prisma.deployment.create({
        data: { tenantId: tenant.id, id, serviceId, environmentId, artifactId, state: 'failed', ...fixed },
      });
      const place = { targetId: `${environmentId}-eu`, region: 'eu-west', clusterId, namespace: 'ns', releaseName: 'checkout', wave: 0 };
      await db.prisma.targetDeployment.create({
        data: { tenantId: tenant.id, id: `${id}-target`, deploymentId: id, ...place, state: 'failed', releaseRevision },
      });
    };
    beforeEach(() => switchOn('no-way-back', { kind: 'requireApprovals', count: 2 }));

    test('says nothing where nothing was ever installed, nor where Helm never came to it', async () => {
      expect(await reasons()).not.toContain(says);
      await firstRelease(null);
      expect(await reasons()).not.toContain(says);
    });

    test('is said of a release that is there and was never seen healthy', async () => {
      await firstRelease(1);
      expect(await preview()).toMatchObject({ kind: 'needsApprovals', reasons: [expect.objectContaining({ sentence: says })] });
    });

    test('is said of a release whose version was put in quarantine, and of no other', async () => {
      const inDevelopment = async () => (await preview(tenant.developmentId)).reasons.map(({ sentence }) => sentence);
      expect(await inDevelopment()).not.toContain(says);
      await quarantineArtifact(as('developer'), { artifactId: tenant.artifactId, reason: 'It loses orders' });
      expect(await inDevelopment()).toContain(says);
    });
  });

  test('too much at once counts what moves, this deployment left out', async () => {
    await switchOn('too-many-at-once', { kind: 'hold' }, { inTenant: 1 });
    expect((await preview()).reasons.map((reason) => reason.sentence)).toEqual([expect.stringContaining('Too much is moving at once: 1')]);
  });
});

test('a freeze that is in force holds until it ends, and names the time', async () => {
  const window = { zone: 'UTC', start: '2026-03-01T00:00', end: '2026-03-02T08:00', recurrence: null };
  const freeze = { title: 'Inventory', scope: {}, appliesTo: {}, enforcement: 'enforce', window, inFlight: 'finish' };
  await savePolicy(as('admin'), { kind: 'freeze', document: freeze });
  expect(await preview()).toMatchObject({ kind: 'heldUntil', until: new Date('2026-03-02T08:00:00Z') });
});

test('a guardrail refuses a plan that crosses it, with the value, the limit and whose it is', async () => {
  const guardrail = { title: 'Careful', scope: {}, enforcement: 'enforce', plan: { firstStepMaxPercent: 5, bakeTimeMinSeconds: 0 } };
  await savePolicy(as('admin'), { kind: 'guardrail', document: guardrail });
  const verdict = await preview();
  expect(verdict.kind).toBe('denied');
  expect(verdict.reasons[0]?.sentence).toMatch(/The first step serves 20%; at most 5% is allowed \(Careful of /);
});

test('a gate without evidence holds', async () => {
  const gate = {
    title: 'Scanned',
    scope: {},
    appliesTo: {},
    enforcement: 'enforce',
    checks: [{ kind: 'scan', key: 'scan', title: 'No critical finding' }],
  };
  await savePolicy(as('admin'), { kind: 'gate', document: gate });
  expect((await preview()).kind).toBe('heldUntil');
});

test('a gate of stages passes when the run that built the artifact has ended them well, and says which is missing', async () => {
  const gateOf = (stage: string) => ({
    title: 'Built',
    scope: {},
    appliesTo: {},
    enforcement: 'enforce' as const,
    checks: [{ kind: 'stages', key: 'stages', title: 'Green', stages: [stage] }],
  });
  const { policyId } = await savePolicy(as('admin'), { kind: 'gate', document: gateOf('build') });
  expect((await preview()).kind).toBe('allowed');
  await savePolicy(as('admin'), { kind: 'gate', policyId, seenRevision: 1, document: gateOf('measure') });
  const verdict = await preview();
  expect(verdict.kind).toBe('heldUntil');
  expect(verdict.reasons.map((reason) => reason.sentence)).toEqual([expect.stringContaining('measure is missing')]);
});
