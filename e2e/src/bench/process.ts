import { execFile } from 'node:child_process';
import { readFile, readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** `/proc` counts processor time in hundredths of a second on every Linux that Node runs on. */
const tickMs = 10;

/** Resident memory of a process in MiB (Linux). */
export async function residentMiB(pid: number): Promise<number> {
  return kilobytes(await readFile(`/proc/${pid}/status`, 'utf8'), 'VmRSS') / 1024;
}

/** Memory of a process in MiB with its share of what it has in common with others, so that a sum counts nothing twice (Linux). */
async function proportionalMiB(pid: number): Promise<number> {
  return kilobytes(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => 'Pss: 0 kB'), 'Pss') / 1024;
}

function kilobytes(text: string, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN);
}

/** Processor time that all threads of a process have used, in milliseconds, in steps of ten (Linux). */
export async function cpuMs(pid: number): Promise<number> {
  return cpuMsOf(await readFile(`/proc/${pid}/stat`, 'utf8'));
}

/** User and system time of a line of `/proc/<pid>/stat` in milliseconds; the name of the program in it may hold spaces and brackets. */
export function cpuMsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** Memory of a process and all that it started, in MiB (Linux). */
export async function familyMiB(pid: number): Promise<number> {
  const parents = new Map<number, number>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '');
    parents.set(Number(entry), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }
  const family = new Set([pid]);
  for (let before = 0; before < family.size;) {
    before = family.size;
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child);
  }
  const sizes = await Promise.all([...family].map(proportionalMiB));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Keeps all threads of a process, and what it starts from now on, on one core, so that two sides get the same; not on machines without `taskset`. */
export async function pin(pid: number, core: number): Promise<void> {
  await pinTo(pid, String(core % cores));
}

/** Takes `pin` back. */
export async function unpin(pid: number): Promise<void> {
  await pinTo(pid, `0-${cores - 1}`);
}

// Asked before anything is pinned: afterwards it counts only the cores that are left.
const cores = availableParallelism();

async function pinTo(pid: number, list: string): Promise<void> {
  await run('taskset', ['-apc', list, String(pid)]).catch(() => undefined);
}
