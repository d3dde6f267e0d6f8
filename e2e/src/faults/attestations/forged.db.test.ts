import { Socket } from 'node:net';
import { FlowError } from '@flow/core/fault';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { previewDeployment } from '@flow/operations/deployment';
import { attest, removeKey, trustKey } from '@flow/operations/evidence';
import { closeIncident } from '@flow/operations/incident';
import { savePolicy } from '@flow/operations/policy';
import { actAs, createTestTenant, newSigningKeys, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { faultSettings } from '../env.ts';
import { seededNumbers } from '../seeded.ts';
import { tell } from '../told.ts';
import { builderId, forgeries, goodAttestation, provenanceType, sourceUri } from './forgeries.ts';
import type { Workshop } from './forgeries.ts';

const dayMs = 86_400_000;
let database: TestDatabase;
let db: Database;
let tenant: TestTenant;
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(database.url, 4);
  tenant = await createTestTenant(db);
  await closeIncident(as('admin'), { incidentId: tenant.incidentId });
  const check = {
    kind: 'attestation',
    key: 'from',
    title: 'Provenance',
    predicateType: provenanceType,
    builderId,
    sourceUri,
    maxAgeSeconds: 86_400,
  };
  const document = { title: 'Attested', scope: {}, appliesTo: {}, enforcement: 'enforce', checks: [check] };
  await savePolicy(as('admin'), { kind: 'gate', document });
});
afterAll(async () => {
  await db.close();
  await database[Symbol.asyncDispose]();
});

const as = (person: keyof TestTenant['people'], now = worldNow) => actAs(db, tenant.id, { actor: tenant.people[person].actor, now });

/** Keys that are trusted here, that another tenant trusts, and that are trusted no more. */
async function openWorkshop(random: () => number): Promise<Workshop> {
  const [build, neighbour, removed] = [newSigningKeys(), newSigningKeys(), newSigningKeys()];
  const other = await createTestTenant(db);
  await trustKey(as('admin'), { name: 'The build', publicKey: build.publicKey });
  await trustKey(actAs(db, other.id, other.people.admin.actor), { name: 'The build', publicKey: neighbour.publicKey });
  const { keyId } = await trustKey(as('admin'), { name: 'An old one', publicKey: removed.publicKey });
  await removeKey(as('admin'), { keyId });
  return { digest: `sha256:${'b'.repeat(64)}`, build, neighbour, removed, random };
}

/** Why it is refused at the door; null when it is kept. */
async function refusalOf(attestation: string): Promise<string | null> {
  const subject = { kind: 'artifact', artifactId: tenant.artifactId } as const;
  try {
    await attest(as('developer'), { subject, attestation });
    return null;
  } catch (error) {
    if (error instanceof FlowError) return error.message;
    throw error;
  }
}

/** What the gate says: null when the artifact may go on, else why not. */
async function stoppedBy(now: Date): Promise<string | null> {
  const { serviceId, quietId: environmentId, artifactId } = tenant;
  const verdict = await previewDeployment(as('viewer', now), { serviceId, environmentId, artifactId });
  return verdict.kind === 'allowed' ? null : (verdict.reasons.find(({ sentence }) => sentence.includes('Provenance'))?.sentence ?? '');
}

/** Hands in an attestation, or none, as the only evidence, and asks whether the artifact may go on then. */
async function tryToPromote(attestation: string | null, at: Date): Promise<{ refusal: string | null; stopped: string | null }> {
  await db.prisma.evidence.deleteMany({ where: { tenantId: tenant.id } });
  const refusal = attestation === null ? null : await refusalOf(attestation);
  return { refusal, stopped: await stoppedBy(at) };
}

/** Hands in one that was forged, or a good one that has grown too old until it is asked for. */
async function tryForgery(kind: string, shop: Workshop): Promise<{ refusal: string | null; stopped: string | null }> {
  if (kind !== 'expired') return tryToPromote(forgeries[kind]?.(shop) ?? null, worldNow);
  return tryToPromote(goodAttestation(shop), new Date(worldNow.getTime() + dayMs + Math.floor(shop.random() * dayMs)));
}

/** Every address that anything connects to, but that of Postgres. */
function watchNetwork(): { count: () => number } {
  const { port } = new URL(database.url);
  const spy = vi.spyOn(Socket.prototype, 'connect');
  return { count: () => spy.mock.calls.filter((given) => !JSON.stringify(given).includes(port)).length };
}

test('what nobody attested is not promoted, and each refusal says why, without asking the network', { timeout: 1_800_000 }, async () => {
  const { attestations, seed } = faultSettings();
  const random = seededNumbers(seed);
  const counts = { forged: 0, refusedAtTheDoor: 0, stoppedAtTheGate: 0, good: 0, outsideCalls: 0 };
  const violations: string[] = [];
  const shop = await openWorkshop(random);
  const network = watchNetwork();
  const kinds = [...Object.keys(forgeries), 'expired'];
  for (let turn = 0; turn < attestations; turn += 1) {
    const kind = kinds[turn % kinds.length] ?? '';
    const { refusal, stopped } = await tryForgery(kind, shop);
    counts.forged += 1;
    counts[refusal === null ? 'stoppedAtTheGate' : 'refusedAtTheDoor'] += 1;
    if (stopped === null) violations.push(`${kind}: promoted`);
    if ((refusal ?? stopped) === '') violations.push(`${kind}: refused without a reason`);
    if (turn % 10 > 0) continue;
    const good = await tryToPromote(goodAttestation(shop), worldNow);
    if (good.stopped !== null) violations.push(`a good one: ${good.refusal ?? good.stopped}`);
    counts.good += 1;
  }
  counts.outsideCalls = network.count();
  // It would have been seen: this one is.
  new Socket().on('error', () => undefined).connect(9, '127.0.0.1');
  expect(network.count()).toBe(counts.outsideCalls + 1);
  vi.restoreAllMocks();
  tell({ goal: 'G17', counts, violations, seed });
  expect(violations).toEqual([]);
  expect(counts.outsideCalls).toBe(0);
});
