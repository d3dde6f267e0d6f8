import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const record = z.object({ pid: z.number().int().positive(), startedAt: z.string() });

/** Sends a signal to every process of a group. A group that has gone is no error. */
export function endGroup(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in the group.
  }
}

/** When the process started, as the system names it: with it a pid that was given to another process is told apart. */
function startOf(pid: number): string | undefined {
  try {
    if (!existsSync('/proc/self/stat')) return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses, and may itself hold spaces: the start time is the 20th field after it.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Keeps which process runs, so that a next life of the sandbox can end it. */
export function writeProcessRecord(path: string, pid: number): void {
  const startedAt = startOf(pid);
  if (startedAt !== undefined) writeFileSync(path, JSON.stringify({ pid, startedAt }));
}

/** Ends the recorded process of a previous life, if it still is that process, and forgets it. */
export function endRecorded(path: string): void {
  if (!existsSync(path)) return;
  const parsed = record.safeParse(readJson(path));
  if (parsed.success && startOf(parsed.data.pid) === parsed.data.startedAt) endGroup(parsed.data.pid, 'SIGKILL');
  rmSync(path, { force: true });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}
