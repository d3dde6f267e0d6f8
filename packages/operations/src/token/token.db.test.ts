import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { createTestDatabase } from '@flow/db/testing';
import type { TestDatabase } from '@flow/db/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { askForDeployment } from '../deployment/index.ts';
import { startRun } from '../pipeline/index.ts';
import { changeRole, removeMember } from '../tenancy/index.ts';
import { actAs, createTestTenant, endOf, worldNow } from '../testing/index.ts';
import type { TestTenant } from '../testing/index.ts';
import { createToken, revokeToken, verifyApiToken } from './index.ts';

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

const as = (person: keyof TestTenant['people']) => actAs(db, tenant.id, tenant.people[person].actor);
const verify = (token: string, at = worldNow) => verifyApiToken(db, token, at);

describe('an access token', () => {
  beforeAll(async () => {
    tenant = await createTestTenant(db);
  });

  test('opens its tenant with what its scopes and its owner’s role both allow, and is nowhere in the database', async () => {
    const { token, tokenId } = await createToken(as('developer'), { name: 'nightly', scopes: ['runs', 'services'] });
    const verified = await verify(token);
    expect(verified?.tenant.id).toBe(tenant.id);
    expect(verified?.actor).toMatchObject({ tokenId, name: 'nightly', owner: { userId: tenant.people.developer.id } });
    expect(verified?.actor.rights).toContain('run:start');
    expect(verified?.actor.rights).not.toContain('service:edit');
    const dump = await db.pool.query('SELECT t::text AS row FROM api_token t UNION ALL SELECT a::text FROM audit_entry a');
    expect(JSON.stringify(dump.rows)).not.toContain(token);
  });

  test('ends when it is revoked, when it runs out, and is told apart from an unknown one by nothing', async () => {
    const { token, tokenId, expiresAt } = await createToken(as('developer'), { name: 'short', scopes: ['read'], days: 1 });
    expect(await verify(token, new Date(expiresAt.getTime() - 1))).not.toBeNull();
    expect(await verify(token, expiresAt)).toBeNull();
    await revokeToken(as('developer'), { tokenId });
    expect(await verify(token)).toBeNull();
    expect(await verify('flow_unknown')).toBeNull();
  });

  test('is weaker at once when its owner’s role is, and ends with the membership', async () => {
    const { token } = await createToken(as('releaseManager'), { name: 'deployer', scopes: ['deployments'] });
    const userId = tenant.people.releaseManager.id;
    await changeRole(as('admin'), { userId, role: 'viewer' });
    expect((await verify(token))?.actor.rights).not.toContain('deployment:ask');
    await removeMember(as('admin'), { userId });
    expect(await verify(token)).toBeNull();
  });

  test('of someone else can be revoked by an admin and is not there for anyone else', async () => {
    const other = await createTestTenant(db);
    const { tokenId } = await createToken(as('admin'), { name: 'admins', scopes: ['read'] });
    expect(await endOf(revokeToken(as('developer'), { tokenId }))).toBe('notFound');
    expect(await endOf(revokeToken(actAs(db, other.id, other.people.admin.actor), { tokenId }))).toBe('notFound');
    const theirs = await createToken(as('developer'), { name: 'theirs', scopes: ['read'] });
    await revokeToken(as('admin'), { tokenId: theirs.tokenId });
    expect(await endOf(revokeToken(as('admin'), { tokenId: theirs.tokenId }))).toBe('conflict');
  });

  test('acts in the name of its owner: who may not approve their own deployment may not approve their token’s', async () => {
    const { token } = await createToken(as('developer'), { name: 'both', scopes: ['runs', 'deployments'] });
    const actor = (await verify(token))?.actor;
    if (actor === undefined) throw new Error('the token does not verify');
    const program = actAs(db, tenant.id, actor);
    const { deploymentId } = await askForDeployment(program, {
      serviceId: tenant.serviceId,
      environmentId: tenant.developmentId,
      artifactId: tenant.artifactId,
    });
    const { runId } = await startRun(program, { serviceId: tenant.serviceId, commitSha: 'a'.repeat(40), branch: 'main' });
    const where = (id: string) => ({ tenantId_id: { tenantId: tenant.id, id } });
    expect(await db.prisma.deployment.findUnique({ where: where(deploymentId) })).toMatchObject({
      requestedBy: tenant.people.developer.id,
      invoker: 'api',
    });
    expect(await db.prisma.pipelineRun.findUnique({ where: where(runId) })).toMatchObject({
      requestedBy: tenant.people.developer.id,
      trigger: 'api',
    });
  });

  test('cannot be made by a token, nor more than twenty times', async () => {
    const { token } = await createToken(as('developer'), { name: 'maker', scopes: ['read'] });
    const actor = (await verify(token))?.actor;
    if (actor === undefined) throw new Error('the token does not verify');
    expect(await endOf(createToken(actAs(db, tenant.id, actor), { name: 'child', scopes: ['read'] }))).toBe('forbidden');
    const many = Array.from({ length: 20 }, (_, index) => `many ${index}`);
    let refused = 0;
    for (const name of many) {
      const end = await endOf(createToken(as('admin'), { name, scopes: ['read'] }));
      if (end === 'precondition') refused += 1;
    }
    expect(refused).toBe(1);
  });
});
