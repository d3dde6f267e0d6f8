import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { readLines } from './supervise/read-lines.ts';

// The whole of Flow, as a person starts it. One after the other: each test goes on where the one before ended.
const script = join(import.meta.dirname, 'start.ts');
const startTimeoutMs = 600_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-start-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Start {
  pid: number;
  lines: string[];
  /** Resolves with the first line that matches, or rejects when the start ends before. */
  said(pattern: RegExp): Promise<string>;
  code: Promise<unknown>;
}

function start(args: readonly string[] = [], env: Record<string, string> = {}): Start {
  const { DATABASE_URL: _database, FLOW_SECRET: _secret, FLOW_ENCRYPTION_KEY: _key, ...own } = process.env;
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...own, FLOW_STATE_DIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const waiting = new Set<(line: string) => void>();
  const hear = (line: string): void => {
    lines.push(line);
    for (const listener of waiting) listener(line);
  };
  readLines(child.stdout, hear);
  readLines(child.stderr, hear);
  const code = once(child, 'close').then(([exitCode]: unknown[]) => exitCode);
  const said = (pattern: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (line: string): void => {
        if (!pattern.test(line)) return;
        waiting.delete(look);
        resolve(line);
      };
      lines.forEach(look);
      waiting.add(look);
      void code.then(() => reject(new Error(`ended without ${String(pattern)}:\n${lines.join('\n')}`)));
    });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { pid: child.pid ?? 0, lines, said, code };
}

interface Found {
  pid: number;
  parent: number;
  /** In this folder the process was started. */
  cwd: string;
  command: string;
}

/** Every process of this machine. */
async function processes(): Promise<Found[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const [state, parent] = line.slice(line.lastIndexOf(')') + 2).split(' ');
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
      return line === '' || state === 'Z' ? [] : [{ pid: Number(pid), parent: Number(parent), cwd, command }];
    }),
  );
  return found.flat();
}

/** A process with all that it started, and what those started. */
async function familyOf(pid: number): Promise<Found[]> {
  const all = await processes();
  const family = all.filter((each) => each.pid === pid);
  for (const member of family) family.push(...all.filter((each) => each.parent === member.pid));
  return family;
}

/** Those of them that are still there. */
async function leftOf(family: readonly Found[]): Promise<Found[]> {
  const numbers = new Set(family.map((each) => each.pid));
  return (await processes()).filter((each) => numbers.has(each.pid));
}

async function allGone(family: readonly Found[]): Promise<void> {
  while ((await leftOf(family)).length > 0) await new Promise((resolve) => setImmediate(resolve));
}

/** The status of an answer, or 0 when there is none. */
const statusOf = (url: string): Promise<number> =>
  fetch(url, { signal: AbortSignal.timeout(20_000) }).then(
    (answer) => answer.status,
    () => 0,
  );

describe.skipIf(process.platform !== 'linux')('pnpm start', () => {
  test('outside the demo, a start without secrets is refused by name', async () => {
    const refused = start(['--no-demo']);
    expect(await refused.code).toBe(1);
    expect(refused.lines.join('\n')).toContain('FLOW_SECRET is missing');
  });

  test(
    'says where it is and who can log in, refuses a second start, and Ctrl-C ends every process',
    { timeout: startTimeoutMs },
    async () => {
      const running = start();
      const line = await running.said(/^Flow is ready: /);
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? '';
      await running.said(/Log in with the password/);
      await running.said(/git clone .*checkout\.git/);
      expect(await statusOf(`${url}/api/healthz`)).toBe(200);
      expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
      const family = await familyOf(running.pid);
      // Itself, the database and its keeper, the sandbox, the worker, the portal.
      expect(family.length).toBeGreaterThanOrEqual(6);

      const second = start();
      expect(await second.code).toBe(1);
      expect(second.lines.join('\n')).toContain(`Flow already runs on this folder as process ${running.pid}`);

      process.kill(running.pid, 'SIGINT');
      expect(await running.code).toBe(0);
      expect(await leftOf(family)).toEqual([]);
    },
  );

  test('a crashed portal comes back; a killed start leaves nothing and keeps no next one out', { timeout: startTimeoutMs }, async () => {
    const running = start();
    const url = /http:\S+/.exec(await running.said(/^Flow is ready: /))?.[0] ?? '';
    const web = (await familyOf(running.pid)).find((each) => each.cwd.endsWith('/apps/web'));
    process.kill(web?.pid ?? Number.NaN, 'SIGKILL');
    await running.said(/^web.*it was ended by SIGKILL; it starts again/);
    while ((await statusOf(`${url}/api/healthz`)) !== 200) await new Promise((resolve) => setImmediate(resolve));

    const family = await familyOf(running.pid);
    process.kill(running.pid, 'SIGKILL');
    await running.code;
    await allGone(family);
    const next = start();
    await next.said(/^Flow is ready: /);
    process.kill(next.pid, 'SIGTERM');
    expect(await next.code).toBe(0);
  });
});
