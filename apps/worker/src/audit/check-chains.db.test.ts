import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCheckpoints } from '@flow/core/audit';
import { findCheck, listCheckpoints } from '@flow/db/audit';
import { inTransaction } from '@flow/db/client';
import { takeJobs } from '@flow/db/jobs';
import { checkpointSigner } from '@flow/operations/audit';
import { closeIncident, openIncident } from '@flow/operations/incident';
import { actAs } from '@flow/operations/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { checkChains, wakeChainChecks } from './check-chains.ts';

let world: WorkerWorld;
beforeAll(async () => {
  world = await createWorkerWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const signer = checkpointSigner('a secret of the operator with many characters');
const job = { kind: 'auditCheck', key: 'all', tenantId: null, generation: 1, attempts: 1 } as const;
const run = (checkpointFile: string | null = null) => checkChains({ ...world, signer, checkpointFile })(job, AbortSignal.timeout(600_000));
const work = async (): Promise<void> => {
  const { tenant, db, now } = world;
  const ctx = actAs(db, tenant.id, { actor: tenant.people.developer.actor, now: now() });
  const { incidentId } = await openIncident(ctx, { serviceId: tenant.serviceId, title: 'Slow', severity: 'minor' });
  await closeIncident(ctx, { incidentId });
};
const signed = async () => (await listCheckpoints(world.db.prisma, world.tenant.id)).map(({ seq }) => seq);

test('a start has the chains checked at once, and they are checked again ten minutes later', async () => {
  await Promise.all([wakeChainChecks(world), wakeChainChecks(world)]);
  expect((await takeJobs(world.db, 'w1', 10)).filter(({ kind }) => kind === 'auditCheck')).toHaveLength(1);
  expect(await run()).toEqual({ kind: 'waiting', until: new Date(world.now().getTime() + 600_000) });
});

test('the end of a chain that has moved is signed, in the database, in the log and in the file of the operator', async () => {
  const file = join(world.stateDir, 'checkpoints');
  await work();
  await run(file);
  await work();
  await run(file);
  await run(file);
  expect(await signed()).toEqual([4, 2]);
  const inFile = readCheckpoints(await readFile(file, 'utf8')).filter((one) => one.checkpoint.tenantId === world.tenant.id);
  expect(inFile.map((one) => [one.checkpoint.seq, signer.verifier.holds(one)])).toEqual([
    [2, true],
    [4, true],
  ]);
  expect(JSON.stringify(world.logged)).toContain(`flow-audit/${world.tenant.id}\\n4\\n`);
});

test('once a day the whole chain is walked: what was changed in its old part is found, and told in the log', async () => {
  await inTransaction(world.db, async (tx) => {
    await tx.$executeRawUnsafe('SET LOCAL session_replication_role = replica');
    await tx.$executeRaw`UPDATE audit_entry SET summary = 'Nothing' WHERE id = (SELECT entry_id FROM audit_link WHERE tenant_id = ${world.tenant.id} AND seq = 1)`;
  });
  await work();
  await run();
  expect((await findCheck(world.db.prisma, world.tenant.id))?.fault).toBeNull();
  world.time.now = new Date(world.now().getTime() + 25 * 3_600_000);
  await run();
  expect((await findCheck(world.db.prisma, world.tenant.id))?.fault).toMatch(/^Entry 1 /);
  expect(world.logged.filter(({ level }) => level === 50).map(({ msg }) => msg)).toEqual([
    expect.stringContaining('the audit record does not hold: Entry 1 '),
  ]);
});
