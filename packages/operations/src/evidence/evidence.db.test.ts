import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { rightsOfToken } from '@flow/core/rights';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import type { OperationContext } from '../context/index.ts';
import { previewDeployment } from '../deployment/index.ts';
import { closeIncident } from '../incident/index.ts';
import { savePolicy } from '../policy/index.ts';
import { aStatement, actAs, createTestTenant, endOf, isWoken, newSigningKeys, recordedOf, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { attest, judgeArtifact, removeKey, reportEvidence, tickChecklist, trustKey } from './index.ts';
import type { reportEvidenceInput } from './index.ts';

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
  await closeIncident(as('admin'), { incidentId: tenant.incidentId });
});

const as = (person: keyof TestTenant['people']): OperationContext => actAs(db, tenant.id, tenant.people[person].actor);
const program = (): OperationContext => {
  const { id: userId, actor } = tenant.people.developer;
  const rights = rightsOfToken(['evidence'], 'developer');
  return actAs(db, tenant.id, {
    kind: 'token',
    tokenId: 'ci',
    name: 'ci',
    owner: { userId, name: actor.name },
    tenantId: tenant.id,
    rights,
  });
};
const preview = (over: Partial<OperationContext> = {}) =>
  previewDeployment(
    { ...as('viewer'), ...over },
    { serviceId: tenant.serviceId, environmentId: tenant.quietId, artifactId: tenant.artifactId },
  );
const sentences = async () => (await preview()).reasons.map(({ sentence }) => sentence);
const gate = (check: object) =>
  savePolicy(as('admin'), {
    kind: 'gate',
    document: JSON.parse(JSON.stringify({ title: 'Ready', scope: {}, appliesTo: {}, enforcement: 'enforce', checks: [check] })),
  });
type Report = z.input<typeof reportEvidenceInput>;
const report = (said: Report['report'], over: Partial<Report> = {}, ctx: OperationContext = program()) =>
  reportEvidence(ctx, { subject: { kind: 'artifact', artifactId: tenant.artifactId }, report: said, source: 'vitest', ...over });

describe('evidence that a program reports', () => {
  test('opens the gate that waits for it, keeps who said so, and what waited is looked at again', async () => {
    await gate({ kind: 'tests', key: 'tests', title: 'Tests', passedMin: 10 });
    expect(await preview()).toMatchObject({ kind: 'heldUntil' });
    await db.prisma.job.deleteMany({ where: { tenantId: tenant.id } });
    await report({ kind: 'tests', passed: 12, failed: 0 }, { link: 'https://ci.test/run/1' });
    expect((await preview()).kind).toBe('allowed');
    expect(await isWoken(db, 'deployment', tenant.waitingId)).toBe(true);
    expect(await recordedOf(db, tenant.id, 'evidence.report')).toMatchObject({ auditCount: 1 });
    const { gates, evidence } = await judgeArtifact(as('viewer'), { artifactId: tenant.artifactId });
    expect(gates).toMatchObject([{ title: 'Ready', state: 'passed', checks: [{ state: 'passed', evidence: [{ kind: 'tests' }] }] }]);
    expect(evidence[0]).toMatchObject({
      said: '12 tests passed, 0 failed',
      by: `vitest, by ${tenant.people.developer.actor.name} by the token ci`,
      link: 'https://ci.test/run/1',
      recordedAt: worldNow,
    });
  });

  test('stands before what was said earlier, which is kept', async () => {
    await gate({ kind: 'coverage', key: 'coverage', title: 'Coverage', minPercent: 80 });
    await report({ kind: 'coverage', percent: 85 });
    await report({ kind: 'coverage', percent: 70 }, {}, { ...program(), now: new Date(worldNow.getTime() + 1_000) });
    const later = { now: new Date(worldNow.getTime() + 2_000) };
    expect((await preview(later)).kind).toBe('denied');
    const { evidence } = await judgeArtifact({ ...as('viewer'), ...later }, { artifactId: tenant.artifactId });
    expect(evidence.filter(({ kind }) => kind === 'coverage').map(({ said }) => said)).toEqual(['70 % covered', '85 % covered']);
  });

  test('counts until it expires', async () => {
    await gate({ kind: 'scan', key: 'scan', title: 'Scan' });
    await report({ kind: 'scan', critical: 0, high: 0 }, { expiresAt: new Date(worldNow.getTime() + 3_600_000).toISOString() });
    expect((await preview()).kind).toBe('allowed');
    expect((await preview({ now: new Date(worldNow.getTime() + 3_600_000) })).kind).toBe('heldUntil');
  });

  test('is about an artifact by its digest, or about whatever a run builds, and about no other', async () => {
    await gate({ kind: 'tests', key: 'tests', title: 'Tests' });
    await report({ kind: 'tests', passed: 1, failed: 0 }, { subject: { kind: 'digest', digest: `sha256:${'a'.repeat(64)}` } });
    expect((await preview()).kind).toBe('heldUntil');
    await report({ kind: 'tests', passed: 1, failed: 0 }, { subject: { kind: 'run', runId: tenant.runId } });
    expect((await preview()).kind).toBe('allowed');
  });

  test('is refused without the right, of other tenants, and when it makes no sense', async () => {
    const other = await createTestTenant(db);
    const said = { kind: 'tests', passed: 1, failed: 0 } as const;
    expect(await endOf(report(said, {}, as('viewer')))).toBe('forbidden');
    expect(await endOf(report(said, { subject: { kind: 'artifact', artifactId: other.artifactId } }))).toBe('notFound');
    expect(await endOf(report(said, { subject: { kind: 'run', runId: other.runId } }))).toBe('notFound');
    expect(await endOf(report(said, { subject: { kind: 'digest', digest: `sha256:${'0'.repeat(64)}` } }))).toBe('notFound');
    expect(await endOf(report({ kind: 'tests', passed: -1, failed: 0 }))).toBe('invalid');
    expect(await endOf(report(said, { link: 'javascript:alert(1)' }))).toBe('invalid');
    expect(await db.prisma.evidence.count({ where: { tenantId: tenant.id } })).toBe(0);
  });
});

describe('a checklist', () => {
  const list = { kind: 'checklist', key: 'list', title: 'Before production', items: ['Support knows', 'Someone is on call'] };
  const tick = (gateId: string, item: string, over: { isDone?: boolean; ctx?: OperationContext } = {}) =>
    tickChecklist(over.ctx ?? as('developer'), {
      artifactId: tenant.artifactId,
      gateId,
      checkKey: 'list',
      item,
      isDone: over.isDone ?? true,
    });

  test('passes when people have ticked every item, and no longer when one takes it back', async () => {
    const { policyId } = await gate(list);
    await tick(policyId, 'Support knows');
    expect(await sentences()).toEqual(['Ready: Before production: still open: Someone is on call']);
    await tick(policyId, 'Someone is on call', { ctx: as('releaseManager') });
    expect((await preview()).kind).toBe('allowed');
    const { gates } = await judgeArtifact(as('viewer'), { artifactId: tenant.artifactId });
    expect(gates[0]?.checks[0]?.items).toEqual([
      { item: 'Support knows', tickedBy: tenant.people.developer.actor.name, tickedAt: worldNow },
      { item: 'Someone is on call', tickedBy: tenant.people.releaseManager.actor.name, tickedAt: worldNow },
    ]);
    await tick(policyId, 'Support knows', { isDone: false });
    expect((await preview()).kind).toBe('heldUntil');
    expect(await endOf(tick(policyId, 'Support knows', { isDone: false }))).toBe('conflict');
    expect(await recordedOf(db, tenant.id, 'evidence.untick')).toMatchObject({ auditCount: 1 });
  });

  test('is ticked by people alone, and only by what stands on it', async () => {
    const { policyId } = await gate(list);
    expect(await endOf(tick(policyId, 'Support knows', { ctx: program() }))).toBe('forbidden');
    expect(await endOf(tick(policyId, 'Support knows', { ctx: as('viewer') }))).toBe('forbidden');
    expect(await endOf(tick(policyId, 'Something else'))).toBe('precondition');
    expect(await endOf(tick(tenant.policyId, 'Support knows'))).toBe('notFound');
    expect(await endOf(tick((await createTestTenant(db)).gateId, 'Support knows'))).toBe('notFound');
  });
});

describe('an attestation', () => {
  const provenance = { kind: 'attestation', key: 'slsa', title: 'Provenance', predicateType: 'https://slsa.dev/provenance/v1' };
  const hand = (attestation: string, ctx: OperationContext = program()) =>
    attest(ctx, { subject: { kind: 'artifact', artifactId: tenant.artifactId }, attestation });

  test('signed by a trusted key opens the gate, until the key is removed', async () => {
    await gate(provenance);
    expect((await preview()).kind).toBe('heldUntil');
    expect(await hand(tenant.attestation)).toMatchObject({ predicateType: provenance.predicateType, keyName: 'The build' });
    expect((await preview()).kind).toBe('allowed');
    expect(await db.prisma.evidence.findFirst({ where: { tenantId: tenant.id }, select: { original: true, keyId: true } })).toEqual({
      original: tenant.attestation,
      keyId: tenant.keyId,
    });
    await removeKey(as('admin'), { keyId: tenant.keyId });
    expect((await preview()).kind).toBe('heldUntil');
    expect(await endOf(removeKey(as('admin'), { keyId: tenant.keyId }))).toBe('notFound');
    expect(await recordedOf(db, tenant.id, 'evidence.removeKey')).toMatchObject({ auditCount: 1 });
  });

  test('of a stranger, of another tenant’s key, or about another artifact is refused and leaves nothing', async () => {
    const other = await createTestTenant(db);
    const stranger = newSigningKeys();
    expect(await endOf(hand(stranger.sign(aStatement(`sha256:${'b'.repeat(64)}`))))).toBe('precondition');
    expect(await endOf(hand(other.attestation))).toBe('precondition');
    const older = { subject: { kind: 'artifact' as const, artifactId: tenant.olderArtifactId }, attestation: tenant.attestation };
    expect(await endOf(attest(program(), older))).toBe('precondition');
    expect(await endOf(hand(tenant.attestation, as('viewer')))).toBe('forbidden');
    expect(await db.prisma.evidence.count({ where: { tenantId: tenant.id } })).toBe(0);
    await trustKey(as('admin'), { name: 'Stranger', publicKey: stranger.publicKey });
    expect(await endOf(hand(stranger.sign(aStatement(`sha256:${'b'.repeat(64)}`))))).toBe('done');
  });

  test('keys are trusted by admins alone, and must be keys', async () => {
    const { publicKey } = newSigningKeys();
    expect(await endOf(trustKey(as('releaseManager'), { name: 'CI', publicKey }))).toBe('forbidden');
    expect(await endOf(trustKey(as('admin'), { name: 'CI', publicKey: 'no key' }))).toBe('invalid');
    expect(await endOf(removeKey(as('admin'), { keyId: (await createTestTenant(db)).keyId }))).toBe('notFound');
    expect(await endOf(removeKey(as('developer'), { keyId: tenant.keyId }))).toBe('forbidden');
  });
});
