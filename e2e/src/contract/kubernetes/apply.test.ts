import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, type Engine } from '../engine/engine.ts';
import { callApi } from './call-api.ts';
import { configMaps, metadataOf, rolloutsPath, unattendedRollout } from './objects.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

interface Applied {
  path: string;
  manager: string;
  force?: boolean;
}
const apply = ({ path, manager, force = false }: Applied, body: unknown) =>
  callApi(engine.adminConnection, {
    method: 'PATCH',
    path: `${path}?fieldManager=${manager}&force=${String(force)}`,
    body,
    type: 'application/apply-patch+yaml',
  });
const map = (name: string, data: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

describe('a server-side apply', () => {
  test('makes the object, and applying the same again writes nothing', async () => {
    const path = configMaps(engine, 'a-1');
    const made = await apply({ path, manager: 'ann' }, map('a-1', { a: '1' }));
    expect(made).toMatchObject({ status: 201, body: { data: { a: '1' } } });
    const again = await apply({ path, manager: 'ann' }, map('a-1', { a: '1' }));
    expect([again.status, metadataOf(again.body)['resourceVersion']]).toEqual([200, metadataOf(made.body)['resourceVersion']]);
  });

  test('takes away what its manager names no more, and keeps what another one owns', async () => {
    const path = configMaps(engine, 'a-2');
    await apply({ path, manager: 'ann' }, map('a-2', { a: '1', b: '1' }));
    await apply({ path, manager: 'bob' }, map('a-2', { c: '1' }));
    const after = await apply({ path, manager: 'ann' }, map('a-2', { a: '1' }));
    expect(after.body['data']).toEqual({ a: '1', c: '1' });
  });

  test('of a field that another manager owns is 409 with the manager and the field, unless it is forced', async () => {
    const path = configMaps(engine, 'a-3');
    await apply({ path, manager: 'ann' }, map('a-3', { a: '1' }));
    expect(await apply({ path, manager: 'bob' }, map('a-3', { a: '2' }))).toMatchObject({
      status: 409,
      body: {
        reason: 'Conflict',
        message: expect.stringContaining('conflict with "ann": .data.a'),
        details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.a' }] },
      },
    });
    expect(await apply({ path, manager: 'bob', force: true }, map('a-3', { a: '2' }))).toMatchObject({
      status: 200,
      body: { data: { a: '2' } },
    });
    expect((await apply({ path, manager: 'ann' }, map('a-3', { a: '1' }))).status).toBe(409);
  });

  test('of the same value is shared ownership: it stays until the last one lets go', async () => {
    const path = configMaps(engine, 'a-4');
    await apply({ path, manager: 'ann' }, map('a-4', { a: '1' }));
    expect((await apply({ path, manager: 'bob' }, map('a-4', { a: '1' }))).status).toBe(200);
    expect((await apply({ path, manager: 'ann' }, map('a-4', {}))).body['data']).toEqual({ a: '1' });
    expect((await apply({ path, manager: 'bob' }, map('a-4', {}))).body['data']).toBeUndefined();
  });

  test('meets what an update wrote as the update of its manager', async () => {
    const path = configMaps(engine, 'a-5');
    await apply({ path, manager: 'ann' }, map('a-5', { a: '1' }));
    await callApi(engine.adminConnection, {
      method: 'PATCH',
      path: `${path}?fieldManager=hand`,
      body: { data: { a: '5' } },
      type: 'application/merge-patch+json',
    });
    expect(await apply({ path, manager: 'ann' }, map('a-5', { a: '1' }))).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('conflict with "hand" using v1: .data.a') },
    });
  });

  test('without the name of its manager is refused', async () => {
    const refused = await callApi(engine.adminConnection, {
      method: 'PATCH',
      path: configMaps(engine, 'a-6'),
      body: map('a-6', {}),
      type: 'application/apply-patch+yaml',
    });
    expect(refused.status).toBe(422);
  });

  test('of a Rollout replaces its steps as a whole, and owns no more than it names', async () => {
    const path = rolloutsPath(engine, 'a-7');
    const rollout = unattendedRollout('a-7');
    expect((await apply({ path, manager: 'ann' }, rollout)).status).toBe(201);
    const strategy = { canary: { steps: [{ setWeight: 10 }] } };
    const after = await apply({ path, manager: 'ann' }, { ...rollout, spec: { ...rollout.spec, strategy } });
    expect(after).toMatchObject({ status: 200, body: { spec: { strategy: { canary: { steps: [{ setWeight: 10 }] } } } } });
    expect(
      (
        await apply(
          { path, manager: 'bob' },
          { apiVersion: rollout.apiVersion, kind: rollout.kind, metadata: { name: 'a-7' }, spec: { replicas: 9 } },
        )
      ).status,
    ).toBe(409);
  });

  test('that is a dry run shows what would be, and stores nothing', async () => {
    const path = configMaps(engine, 'a-8');
    const dry = await callApi(engine.adminConnection, {
      method: 'PATCH',
      path: `${path}?fieldManager=ann&force=true&dryRun=All`,
      body: map('a-8', { a: '1' }),
      type: 'application/apply-patch+yaml',
    });
    expect(dry).toMatchObject({ body: { data: { a: '1' } } });
    expect((await callApi(engine.adminConnection, { method: 'GET', path })).status).toBe(404);
  });
});
