import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { textAt, valueAt } from './wire/json-object.ts';

const main = join(import.meta.dirname, 'main.ts');
let stateDir: string;
let children: ChildProcess[];

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'flow-sandbox-main-'));
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(stateDir, { recursive: true, force: true, maxRetries: 5 });
});

interface Running {
  child: ChildProcess;
  ready: unknown;
  stderr: () => string;
}

async function start(...clusters: string[]): Promise<Running> {
  const child = spawn(process.execPath, [main, '--state-dir', stateDir, ...clusters.flatMap((one) => ['--cluster', one])]);
  children.push(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  for await (const line of createInterface({ input: child.stdout })) return { child, ready: JSON.parse(line), stderr: () => stderr };
  throw new TypeError(`the sandbox ended before it was ready: ${stderr}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  child.kill(signal);
  return closed;
}

/** Calls with nothing but what the kubeconfig says. */
async function call(kubeconfigPath: string, target: { method?: string; path: string }, body?: unknown): Promise<number> {
  const config: unknown = parse(readFileSync(kubeconfigPath, 'utf8'));
  const ca = Buffer.from(textAt(config, 'clusters', 0, 'cluster', 'certificate-authority-data'), 'base64');
  const headers = { Authorization: `Bearer ${textAt(config, 'users', 0, 'user', 'token')}`, 'Content-Type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(target.path, textAt(config, 'clusters', 0, 'cluster', 'server')),
      { method: target.method ?? 'GET', ca, headers, agent: false },
      (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      },
    );
    outgoing.once('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function refusal(...args: string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [main, ...args]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return { code: await new Promise((resolve) => child.once('close', resolve)), stderr };
}

describe('the sandbox process', () => {
  test('runs several clusters, says loudly what it is, and ends cleanly when asked', async () => {
    const { child, ready, stderr } = await start('one:eu', 'two:us');
    const names = [0, 1].map((index) => [textAt(ready, 'clusters', index, 'name'), textAt(ready, 'clusters', index, 'region')]);
    expect(names).toEqual([
      ['one', 'eu'],
      ['two', 'us'],
    ]);
    const [one, two] = [0, 1].map((index) => textAt(ready, 'clusters', index, 'kubeconfigPath'));
    expect(statSync(one ?? '').mode & 0o777).toBe(0o600);
    expect([await call(one ?? '', { path: '/api/v1/pods' }), await call(two ?? '', { path: '/api/v1/pods' })]).toEqual([200, 200]);
    expect(stderr()).toContain('never a production target');
    expect(await end(child, 'SIGTERM')).toBe(0);
  });

  test('killed in the middle of its work, has every write that it answered', async () => {
    const first = await start('one:eu');
    const path = textAt(first.ready, 'clusters', 0, 'kubeconfigPath');
    const configMaps = '/api/v1/namespaces/default/configmaps';
    const answered: number[] = [];
    const writes = Array.from({ length: 60 }, async (_, index) => {
      const status = await call(
        path,
        { method: 'POST', path: configMaps },
        { metadata: { name: `cm-${index}` }, data: { index: String(index) } },
      ).catch(() => 0);
      if (status === 201) answered.push(index);
      if (answered.length === 20) first.child.kill('SIGKILL');
    });
    await Promise.all(writes);
    const port = new URL(textAt(first.ready, 'clusters', 0, 'url')).port;
    const second = await start(`one:eu:${port}`);
    expect(valueAt(second.ready, 'clusters', 0, 'url')).toBe(valueAt(first.ready, 'clusters', 0, 'url'));
    const found = await Promise.all(answered.map(async (index) => call(path, { path: `${configMaps}/cm-${index}` })));
    expect(answered.length).toBeGreaterThanOrEqual(20);
    expect(found.every((status) => status === 200)).toBe(true);
  });

  test('is refused a folder that another sandbox writes, and a port that is taken', async () => {
    const first = await start('one:eu');
    const port = new URL(textAt(first.ready, 'clusters', 0, 'url')).port;
    expect(await refusal('--state-dir', stateDir, '--cluster', 'one:eu')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is in use by process'),
    });
    const taken = await refusal('--state-dir', stateDir, '--cluster', `two:eu:${port}`);
    expect(taken).toMatchObject({ code: 1, stderr: expect.stringContaining('give the cluster another port') });
  });

  test.each([
    [['--cluster', 'one:eu'], '--state-dir DIR is required'],
    [['--state-dir', '/tmp/x'], 'at least one --cluster'],
    [['--state-dir', '/tmp/x', '--cluster', 'One'], '--cluster takes NAME:REGION'],
    [['--state-dir', '/tmp/x', '--cluster', 'a:b:70000'], '--cluster takes NAME:REGION'],
    [['--state-dir', '/tmp/x', '--cluster', 'a:b', '--cluster', 'a:c'], 'a name of its own'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ])('started with %j says what to write instead', async (args, message) => {
    expect(await refusal(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});
