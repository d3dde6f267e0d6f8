import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openEngine, type Engine } from '../engine/engine.ts';
import { eventually } from '../eventually.ts';
import { callApi, type ApiCall } from './call-api.ts';
import { aConfigMap, configMaps, listOf, metadataOf, rolloutsPath, unattendedRollout } from './objects.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine();
  for (const [name, labels] of Object.entries(labelled))
    await call('POST', configMaps(engine), aConfigMap(name, {}, { set: 'one', ...labels }));
  for (const name of ['r-1', 'r-2', 'r-3', 'r-4', 'r-5']) await call('POST', rolloutsPath(engine), unattendedRollout(name));
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
});

/** A cluster forgets every five minutes, and what it forgets is as old as that by then. */
const longestMemoryMs = 11 * 60_000;

const labelled: Readonly<Record<string, Record<string, string>>> = {
  'l-1': { tier: 'web', region: 'eu' },
  'l-2': { tier: 'web', region: 'us' },
  'l-3': { tier: 'data' },
  'l-4': {},
};

const call = (method: ApiCall['method'], path: string, body?: unknown) => callApi(engine.adminConnection, { method, path, body });
const list = async (path: string, query: Record<string, string>) => {
  const answer = await call('GET', `${path}?${new URLSearchParams(query).toString()}`);
  expect(answer.status).toBe(200);
  return listOf(answer.body);
};

describe('a list', () => {
  test.each([
    ['tier=web', ['l-1', 'l-2']],
    ['tier==web,region!=eu', ['l-2']],
    ['tier!=web', ['l-3', 'l-4']],
    ['tier in (web,data)', ['l-1', 'l-2', 'l-3']],
    ['tier notin (web)', ['l-3', 'l-4']],
    ['region', ['l-1', 'l-2']],
    ['!tier', ['l-4']],
    ['tier=nothing', []],
  ])('by the labels %s has exactly those', async (selector, names) => {
    const found = await list(configMaps(engine), { labelSelector: `set=one,${selector}` });
    expect(found.names).toEqual(names);
  });

  test('by a selector that is none is 400', async () => {
    const path = `${configMaps(engine)}?labelSelector=${encodeURIComponent('tier in web')}`;
    expect(await call('GET', path)).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
  });

  test('by the field metadata.name has one, and by a field that the kind does not have is 400', async () => {
    expect((await list(configMaps(engine), { fieldSelector: 'metadata.name=l-2' })).names).toEqual(['l-2']);
    expect((await list(rolloutsPath(engine), { fieldSelector: 'metadata.name=r-2' })).names).toEqual(['r-2']);
    expect((await call('GET', `${rolloutsPath(engine)}?fieldSelector=status.phase%3DHealthy`)).status).toBe(400);
  });

  test('in pages shows one moment, though objects come and go between', async () => {
    const first = await list(rolloutsPath(engine), { limit: '2' });
    expect(first).toMatchObject({ names: ['r-1', 'r-2'], remaining: 3 });
    await call('POST', rolloutsPath(engine), unattendedRollout('r-3a'));
    await call('DELETE', rolloutsPath(engine, 'r-4'));
    const second = await list(rolloutsPath(engine), { limit: '2', continue: first.continueToken });
    const third = await list(rolloutsPath(engine), { limit: '2', continue: second.continueToken });
    expect([...second.names, ...third.names]).toEqual(['r-3', 'r-4', 'r-5']);
    expect([second.resourceVersion, third.resourceVersion]).toEqual([first.resourceVersion, first.resourceVersion]);
    expect(third.continueToken).toBe('');
    expect((await list(rolloutsPath(engine), {})).names).toEqual(['r-1', 'r-2', 'r-3', 'r-3a', 'r-5']);
  });

  test(
    'whose moment is forgotten between two pages is 410, with a token that reads the rest as it is now',
    async () => {
      const query = { limit: '2', labelSelector: 'paged=yes' };
      for (const name of ['p-1', 'p-2', 'p-4', 'p-5', 'p-6'])
        await call('POST', configMaps(engine), aConfigMap(name, {}, { paged: 'yes' }));
      const first = await list(configMaps(engine), query);
      expect(first.names).toEqual(['p-1', 'p-2']);
      await call('POST', configMaps(engine), aConfigMap('p-3', {}, { paged: 'yes' }));
      await call('DELETE', configMaps(engine, 'p-5'));
      await engine.forgetHistory();
      const path = `${configMaps(engine)}?${new URLSearchParams({ ...query, continue: first.continueToken }).toString()}`;
      const expired = await eventually(
        'the token is too old',
        async () => {
          const answer = await call('GET', path);
          return answer.status === 410 && answer.body;
        },
        longestMemoryMs,
      );
      expect(expired).toMatchObject({
        kind: 'Status',
        reason: 'Expired',
        message: expect.stringMatching(/^The provided continue parameter is too old to display a consistent list result/),
      });
      const token = z.string().parse(metadataOf(expired)['continue']);
      const second = await list(configMaps(engine), { ...query, continue: token });
      expect(second.names).toEqual(['p-3', 'p-4']);
      expect(Number(second.resourceVersion)).toBeGreaterThan(Number(first.resourceVersion));
      expect((await list(configMaps(engine), { ...query, continue: second.continueToken })).names).toEqual(['p-6']);
    },
    longestMemoryMs + 60_000,
  );

  test('from a token that is none is 400', async () => {
    expect((await call('GET', `${rolloutsPath(engine)}?limit=2&continue=nonsense`)).status).toBe(400);
  });

  test('that asks for a version which is not reached yet is 504 with a reason to try again', async () => {
    const path = `${rolloutsPath(engine)}?resourceVersion=99999999999&resourceVersionMatch=NotOlderThan`;
    expect(await call('GET', path)).toMatchObject({
      status: 504,
      body: { reason: 'Timeout', message: expect.stringContaining('Too large resource version') },
    });
  });

  test('of metadata only carries nothing else', async () => {
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
    const { status, body } = await callApi(engine.adminConnection, { method: 'GET', path: rolloutsPath(engine), accept });
    expect({ status, kind: body['kind'], apiVersion: body['apiVersion'] }).toEqual({
      status: 200,
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
    });
    expect(JSON.stringify(body)).not.toContain('setWeight');
  });

  test('as a table has the columns of the kind', async () => {
    const accept = 'application/json;as=Table;g=meta.k8s.io;v=v1,application/json';
    const { body } = await callApi(engine.adminConnection, { method: 'GET', path: rolloutsPath(engine), accept });
    expect(body).toMatchObject({ kind: 'Table' });
    const columns: unknown = JSON.parse(JSON.stringify(body['columnDefinitions']));
    const names = Array.isArray(columns) ? columns.map((column: unknown) => JSON.stringify(column).match(/"name":"([^"]+)"/)?.[1]) : [];
    expect(names).toEqual(['Name', 'Desired', 'Current', 'Up-to-date', 'Available', 'Age']);
  });
});
