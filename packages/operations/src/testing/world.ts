import type { Strategy } from '@flow/core/deployment';
import type { Actor, Role, TokenScope } from '@flow/core/rights';
import type { RolloutView } from '@flow/core/rollout';
import type { Database } from '@flow/db/client';
import type { z } from 'zod';
import type { OperationContext } from '../context/index.ts';
import { hashPassword, newToken, sessionIdOf } from '../session/index.ts';
import { newApiToken } from '../token/index.ts';

/** The time at which every test world stands still, unless a test moves it. */
export const worldNow = new Date('2026-03-01T10:00:00.000Z');

let counter = 0;
/** An id that no other test of this process uses. */
export function testId(prefix: string): string {
  counter += 1;
  return `${prefix}${counter}-${Math.random().toString(36).slice(2, 8)}`;
}

/** A person who can log in with the password `correct horse battery`, with a session of their own. */
export interface TestPerson {
  id: string;
  email: string;
  token: string;
  actor: Extract<Actor, { kind: 'person' }>;
}

/** A tenant with one of everything. */
export interface TestTenant {
  id: string;
  slug: string;
  people: Record<Role, TestPerson>;
  /** A second admin, so that the first one can leave. */
  deputy: TestPerson;
  clusterId: string;
  /** A cluster that nothing uses. */
  unusedClusterId: string;
  serviceId: string;
  serviceSlug: string;
  developmentId: string;
  developmentSlug: string;
  productionId: string;
  productionSlug: string;
  /** An environment that nothing was ever deployed to. */
  quietId: string;
  /** An environment in which the service is pinned; it has no target. */
  pinnedId: string;
  artifactId: string;
  olderArtifactId: string;
  /** An artifact that nothing ever deployed, and its digest is in quarantine. */
  quarantinedArtifactId: string;
  runId: string;
  movingRunId: string;
  failedRunId: string;
  /** Moves, with a canary that stands at a pause. */
  movingId: string;
  movingTargetId: string;
  /** Waits for approval. */
  waitingId: string;
  approvalId: string;
  /** Succeeded, and an older version succeeded before it. */
  succeededId: string;
  /** An access token of the developer. */
  tokenId: string;
  /** A webhook of the service. */
  webhookId: string;
  /** A rule of the tenant, and one of the platform. */
  policyId: string;
  platformPolicyId: string;
  /** An open incident of the service. */
  incidentId: string;
  /** A gate with a checklist, switched off. */
  gateId: string;
  /** A key that signs attestations, with one of the artifact. */
  keyId: string;
  publicKey: string;
  attestation: string;
  /** An outside service that nothing names, with a question about the deployment that waits that it has not answered. */
  externalId: string;
  questionId: string;
  /** An exemption that the developer has asked for, and a break-glass of the release manager whose review is open. */
  exemptionId: string;
  reviewId: string;
  /** A group with the release manager in it. */
  groupId: string;
  /** The deputy stands in for the admin. */
  standInId: string;
  /** A channel, and a delivery to it that was set aside. */
  channelId: string;
  deliveryId: string;
  /** What differs in development from what was deployed, and what differs and was adopted. */
  driftId: string;
  adoptedDriftId: string;
}

export const testPassword = 'correct horse battery';
let passwordHash: Promise<string> | undefined;

/** Adds a person, with a session unless told otherwise. */
export async function addPerson(db: Database, over: { isPlatformAdmin?: boolean; name?: string } = {}): Promise<TestPerson> {
  passwordHash ??= hashPassword(testPassword);
  const id = testId('user');
  const email = `${id}@flow.test`;
  const name = over.name ?? `Person ${id}`;
  const isPlatformAdmin = over.isPlatformAdmin ?? false;
  await db.prisma.user.create({ data: { id, email, name, passwordHash: await passwordHash, isPlatformAdmin, createdAt: worldNow } });
  const token = await addSession(db, id);
  return {
    id,
    email,
    token,
    actor: { kind: 'person', userId: id, name, sessionId: sessionIdOf(token), isPlatformAdmin, roles: new Map() },
  };
}

/** Adds a session and answers its token. */
export async function addSession(db: Database, userId: string, over: { expiresAt?: Date; revokedAt?: Date } = {}): Promise<string> {
  const token = newToken();
  const expiresAt = over.expiresAt ?? new Date(worldNow.getTime() + 3_600_000);
  await db.prisma.session.create({
    data: { id: sessionIdOf(token), userId, createdAt: worldNow, lastSeenAt: worldNow, expiresAt, revokedAt: over.revokedAt ?? null },
  });
  return token;
}

/** Adds an access token and answers it with its id. */
export async function addApiToken(
  db: Database,
  tenantId: string,
  of: { userId: string; scopes: readonly TokenScope[]; expiresAt?: Date; revokedAt?: Date },
): Promise<{ id: string; token: string }> {
  const id = testId('token');
  const { token, tokenHash } = newApiToken();
  const { userId, scopes, revokedAt = null, expiresAt = new Date(worldNow.getTime() + 3_600_000) } = of;
  const row = { tenantId, id, userId, name: id, tokenHash, scopes: [...scopes] };
  await db.prisma.apiToken.create({ data: { ...row, createdAt: worldNow, lastUsedAt: worldNow, expiresAt, revokedAt } });
  return { id, token };
}

/** Makes a member and answers the person as they act from then on. */
export async function addToTenant(db: Database, tenantId: string, member: { person: TestPerson; role: Role }): Promise<TestPerson> {
  await db.prisma.membership.create({ data: { tenantId, userId: member.person.id, role: member.role, createdAt: worldNow } });
  const { actor } = member.person;
  return { ...member.person, actor: { ...actor, roles: new Map([...actor.roles, [tenantId, member.role]]) } };
}

/** The context in which a person acts in a tenant. */
export function actAs(db: Database, tenantId: string, acting: Actor | (Partial<OperationContext> & { actor: Actor })): OperationContext {
  const over = 'actor' in acting ? acting : { actor: acting };
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return { tenantId, db, now: worldNow, newId: () => testId('id'), log, requestId: 'request-1', address: '192.0.2.1', ...over };
}

export const systemActor: Actor = { kind: 'system', reason: 'a test' };

export const testStrategy: Strategy = {
  steps: [{ kind: 'weight', percent: 20 }, { kind: 'pause' }, { kind: 'weight', percent: 100 }],
  analysis: null,
};

/** The document of a rule that warns whenever something is asked for. */
export function aRule(
  serviceIds: readonly string[],
  over: Readonly<Record<string, z.core.util.JSONType>> = {},
): Record<string, z.core.util.JSONType> {
  return {
    title: 'Look twice',
    scope: { serviceIds: [...serviceIds] },
    appliesTo: {},
    enforcement: 'enforce',
    effect: { kind: 'warn' },
    condition: { kind: 'expression', source: 'true' },
    ...over,
  };
}

/** A Rollout that stands at its pause. */
export function aRollout(over: Partial<RolloutView> = {}): RolloutView {
  return {
    uid: 'rollout-uid',
    resourceVersion: '7',
    generation: 2,
    phase: 'Paused',
    message: 'CanaryPauseStep',
    currentPodHash: 'newhash',
    stablePodHash: 'oldhash',
    revision: 2,
    stepIndex: 1,
    stepCount: 3,
    steps: [...testStrategy.steps],
    pause: { reason: 'CanaryPauseStep', startedAt: '2026-03-01T09:59:00Z' },
    held: false,
    aborted: false,
    promotingFully: false,
    replicas: { desired: 2, total: 3, updated: 1, ready: 3, available: 3 },
    canaryWeight: 20,
    deploymentId: null,
    image: 'registry.test/app',
    ...over,
  };
}
