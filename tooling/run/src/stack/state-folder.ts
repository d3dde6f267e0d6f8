import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonObject } from '../supervise/read-lines.ts';
import { StartRefused } from './start-refused.ts';

/** The one folder in which everything is kept between starts. */
export interface StateFolder extends AsyncDisposable {
  readonly path: string;
  /** Path of something in it. */
  place(...names: string[]): string;
}

const owner = z.strictObject({ pid: z.number().int().positive(), processStart: z.string() });
const lockName = 'running.json';

/**
 * Takes the folder for this process. A second start on it is refused with the first one's process id; what a killed start left is taken over.
 * With `isReset`, its content is deleted first.
 */
export async function openStateFolder(path: string, isReset: boolean): Promise<StateFolder> {
  await mkdir(path, { recursive: true });
  const lock = join(path, lockName);
  await refuseWhileRunning(lock);
  if (isReset) await deleteContent(path);
  await takeLock(lock);
  return {
    path,
    place: (...names) => join(path, ...names),
    [Symbol.asyncDispose]: () => rm(lock, { force: true }),
  };
}

async function takeLock(lock: string): Promise<void> {
  const content = JSON.stringify({ pid: process.pid, processStart: await processStart(process.pid) });
  try {
    await writeFile(lock, content, { flag: 'wx' });
  } catch {
    // Another start took it between the look and the write, or a killed one left it.
    await refuseWhileRunning(lock);
    await rm(lock, { force: true });
    await writeFile(lock, content, { flag: 'wx' });
  }
}

async function refuseWhileRunning(lock: string): Promise<void> {
  const read = owner.safeParse(jsonObject(await readFile(lock, 'utf8').catch(() => '')));
  if (!read.success || read.data.pid === process.pid) return;
  if ((await processStart(read.data.pid)) !== read.data.processStart) return;
  throw new StartRefused(
    `Flow already runs on this folder as process ${read.data.pid}. End that one first (Ctrl-C in its terminal, or: kill ${read.data.pid}), or give this one another FLOW_STATE_DIR.`,
  );
}

/** When a process began, in the words of the system, so that a number that was given to another process since is not taken for it. Empty when it is gone. */
async function processStart(pid: number): Promise<string> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The program's name, in brackets, may hold anything; the start is the 20th field after it.
  if (line !== '') return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return process.platform === 'linux' ? '' : aliveWithoutProc(pid);
}

function aliveWithoutProc(pid: number): string {
  try {
    process.kill(pid, 0);
    return 'alive';
  } catch {
    return '';
  }
}

/** Everything but the servers of tests, which another run may use. */
async function deleteContent(path: string): Promise<void> {
  const names = (await readdir(path)).filter((name) => !name.startsWith('test-'));
  await Promise.all(names.map((name) => rm(join(path, name), { recursive: true, force: true })));
}
