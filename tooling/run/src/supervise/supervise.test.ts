import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Program } from './program.ts';
import { readLines } from './read-lines.ts';
import { runProgram } from './run-program.ts';
import { supervise } from './supervise.ts';
import type { SuperviseOptions, Supervised } from './supervise.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-supervise-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that says it is ready with its process id, then does what `then` says. */
async function aProgram(then: string, name = 'planted'): Promise<Program> {
  const path = join(folder, `${name}.mjs`);
  await writeFile(path, `process.stdout.write(JSON.stringify({ ready: true, pid: process.pid }) + '\\n');\n${then}`);
  return { name, args: [path], cwd: folder, env: { PATH: process.env['PATH'] ?? '' } };
}

const staysUp = 'setInterval(() => undefined, 1000);';

/** A supervised program whose lines and notices can be waited for. */
function started(program: Program, options: Partial<SuperviseOptions> = {}) {
  const said: string[] = [];
  const listeners = new Set<() => void>();
  const hear = ({ text }: { text: string }): void => {
    said.push(text);
    for (const listener of listeners) listener();
  };
  const supervised = supervise(program, { onLine: hear, onNotice: hear, restartFirstMs: 1, restartMaxMs: 5, ...options });
  onTestFinished(() => supervised.kill());
  const heard = (pattern: RegExp, count = 1): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (said.filter((text) => pattern.test(text)).length < count) return;
        listeners.delete(look);
        resolve();
      };
      listeners.add(look);
      look();
    });
  return { supervised, said, heard };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Resolves when the process is gone. It is not this one's child, so the system tells by its folder only. */
async function gone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`) && !(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')).includes(') Z'))
    await new Promise((resolve) => setImmediate(resolve));
}

const pidOf = async (supervised: Supervised): Promise<number> => Number((await supervised.ready)['pid']);

test('a program that crashes after it was ready is started again, each time', async () => {
  const { supervised, heard, said } = started(await aProgram('process.exit(3);'));
  await supervised.ready;
  await heard(/ended with code 3/, 3);
  await supervised.stop();
  expect(said.filter((text) => text.includes('starts again')).length).toBeGreaterThanOrEqual(3);
});

test('the wait before a restart doubles up to its limit', async () => {
  const { heard, said } = started(await aProgram('process.exit(1);'), { restartFirstMs: 100, restartMaxMs: 200 });
  await heard(/starts again/, 3);
  expect(said.flatMap((text) => /starts again in (\S+) s/.exec(text)?.[1] ?? []).slice(0, 3)).toEqual(['0.1', '0.2', '0.2']);
});

test('a program that fails before it is ready is reported and not tried again', async () => {
  const path = join(folder, 'broken.mjs');
  await writeFile(path, 'process.stderr.write("no such port\\n"); process.exit(7);');
  const { supervised, said } = started({ name: 'broken', args: [path], cwd: folder, env: {} });
  await expect(supervised.ready).rejects.toThrow('broken did not start: it ended with code 7');
  expect(said.join()).not.toContain('starts again');
});

test('a program is not ready before it answers', async () => {
  const program = { ...(await aProgram(staysUp)), confirmReady: () => Promise.reject(new Error('refused')) };
  const { supervised, heard } = started(program);
  await heard(/is not ready: .*refused/);
  await supervised.stop();
  await expect(supervised.ready).rejects.toThrow('ended before it was ready');
});

test('stop lets a program end by itself', async () => {
  const { supervised, heard } = started(
    await aProgram(`process.on('SIGTERM', () => { console.log('bye'); process.exit(0); }); console.log('listening'); ${staysUp}`),
  );
  const pid = await pidOf(supervised);
  // A signal that comes before the program listens for it ends it as well, but without its last word.
  await heard(/listening/);
  await supervised.stop();
  await heard(/bye/);
  expect(isAlive(pid)).toBe(false);
});

test('stop ends a program that does not listen, and what it started', async () => {
  const child = `import { spawn } from 'node:child_process';
    const inner = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => undefined); setInterval(() => undefined, 1000)'], { stdio: 'ignore' });
    console.log('inner ' + inner.pid);
    process.on('SIGTERM', () => undefined); ${staysUp}`;
  const { supervised, heard, said } = started(await aProgram(child), { graceMs: 50 });
  const pid = await pidOf(supervised);
  await heard(/^inner/);
  const inner = Number(/inner (\d+)/.exec(said.join(' '))?.[1]);
  await supervised.stop();
  expect(isAlive(pid)).toBe(false);
  await gone(inner);
  expect(supervised.pid()).toBeUndefined();
});

test('a restart that is asked for does not wait', async () => {
  const { supervised, heard, said } = started(await aProgram(`console.log('up'); ${staysUp}`), { restartFirstMs: 60_000 });
  await heard(/^up$/);
  supervised.restart();
  await heard(/^up$/, 2);
  await supervised.stop();
  expect(said.join()).not.toContain('starts again');
});

test('a program gets the variables that it was given and no others', async () => {
  const program = await aProgram('console.log(Object.keys(process.env).sort().join());');
  const printed = await runProgram({ ...program, env: { ONE: '1', TWO: '2' } }, AbortSignal.timeout(20_000));
  expect(printed).toContain('ONE,TWO');
});

test('a program that was run for its result and failed says what it printed last', async () => {
  const program = await aProgram('console.error("the disk is full"); process.exitCode = 1;');
  await expect(runProgram(program, AbortSignal.timeout(20_000))).rejects.toThrow(/planted failed \(code 1\):[^]*the disk is full/);
});

test('when the supervisor is killed by force, its programs end by themselves', async () => {
  const asked = await aProgram(staysUp, 'asked');
  const deaf = await aProgram(`process.on('SIGTERM', () => { console.log('ending'); process.exit(0); }); ${staysUp}`, 'deaf');
  const supervisor = join(folder, 'supervisor.mjs');
  const module = new URL('supervise.ts', import.meta.url).href;
  await writeFile(
    supervisor,
    `import { supervise } from ${JSON.stringify(module)};
     const quiet = { onLine: () => undefined, onNotice: () => undefined };
     for (const program of ${JSON.stringify([asked, deaf])}) supervise(program, quiet).ready.then(({ pid }) => console.log(pid));`,
  );
  const running = spawn(process.execPath, [supervisor], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pids = await new Promise<number[]>((resolve) => {
    const found: number[] = [];
    readLines(running.stdout, (line) => {
      found.push(Number(line));
      if (found.length === 2) resolve(found);
    });
  });
  expect(pids.every(isAlive)).toBe(true);
  running.kill('SIGKILL');
  await once(running, 'exit');
  await Promise.all(pids.map(gone));
});
