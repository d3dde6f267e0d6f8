import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLines } from '../supervise/read-lines.ts';
import { openStateFolder } from './state-folder.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-state-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Another process that holds the folder. */
async function aHolder() {
  const module = new URL('state-folder.ts', import.meta.url).href;
  const script = `import { openStateFolder } from ${JSON.stringify(module)};
    await openStateFolder(${JSON.stringify(folder)}, false); console.log('held'); setInterval(() => undefined, 1000);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve) => {
    readLines(holder.stdout, () => resolve());
  });
  return {
    pid: holder.pid,
    kill: async () => {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    },
  };
}

test('a second start on a folder is refused with the process to end, and deletes nothing', async () => {
  const holder = await aHolder();
  await writeFile(join(folder, 'kept'), 'x');
  await expect(openStateFolder(folder, true)).rejects.toThrow(`Flow already runs on this folder as process ${holder.pid}`);
  expect(await readdir(folder)).toContain('kept');
  await holder.kill();
});

test('what a killed start left behind is taken over', async () => {
  await (await aHolder()).kill();
  await using state = await openStateFolder(folder, false);
  expect(state.place('postgres')).toBe(join(folder, 'postgres'));
});

test('a process that has got the number of a killed start is not taken for it', async () => {
  await writeFile(join(folder, 'running.json'), JSON.stringify({ pid: process.ppid, processStart: '1' }));
  await expect(openStateFolder(folder, false).then((state) => state[Symbol.asyncDispose]())).resolves.toBeUndefined();
});

test('a broken lock file does not keep anyone out', async () => {
  await writeFile(join(folder, 'running.json'), '{"pid":');
  await expect(openStateFolder(folder, false).then((state) => state[Symbol.asyncDispose]())).resolves.toBeUndefined();
});

test('a reset deletes what was kept; a start without one keeps it', async () => {
  await mkdir(join(folder, 'postgres'));
  await (await openStateFolder(folder, false))[Symbol.asyncDispose]();
  expect(await readdir(folder)).toEqual(['postgres']);
  await (await openStateFolder(folder, true))[Symbol.asyncDispose]();
  expect(await readdir(folder)).toEqual([]);
});
