import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../machine/eventually.ts';
import { findProgram } from '../machine/requirements.ts';
import { killProcess, processesWith } from '../machine/processes.ts';
import { run, runToEnd } from '../machine/run.ts';
import { cgroupRoot, containerdSocket } from '../parts/node.ts';
import { regionDir } from '../places.ts';
import type { Region } from '../regions.ts';

const namespace = 'k8s.io';
const cgroupMount = '/sys/fs/cgroup';
const logLinks = '/var/log/containers';
const goneWithinMs = 20_000;

/** Puts an image archive into the store of the node, so that pods can use it. */
export async function importImage(region: Region, archivePath: string): Promise<void> {
  await run({ program: ctr(), args: [...here(region), 'images', 'import', archivePath], timeoutMs: 300_000 });
}

/** Makes the control groups that the kubelet expects to be there. */
export function makeCgroups(region: Region): void {
  for (const folder of cgroupFolders(region)) mkdirSync(folder, { recursive: true });
}

/** Ends all containers of a region while containerd still runs; the kubelet must have ended, or it would start them anew. */
export async function endContainers(region: Region): Promise<void> {
  if (!existsSync(containerdSocket(region))) return;
  const list = async (kind: 'tasks' | 'containers'): Promise<string[]> => {
    const { out } = await runToEnd({ program: ctr(), args: [...here(region), kind, 'list', '--quiet'] });
    return out.split('\n').filter((line) => line !== '');
  };
  for (const id of await list('tasks')) await runToEnd({ program: ctr(), args: [...here(region), 'tasks', 'delete', '--force', id] });
  for (const id of await list('containers')) await runToEnd({ program: ctr(), args: [...here(region), 'containers', 'delete', id] });
}

/** Ends what containers of a region left: their minders and processes, mounts and control groups. Nothing of other containers is touched. */
export async function sweepNode(region: Region): Promise<void> {
  await eventually(() => {
    const minders = processesWith(['containerd-shim-runc-v2', containerdSocket(region)]).map(({ pid }) => pid);
    const left = new Set([...minders, ...cgroupFolders(region).flatMap(processesBelow)]);
    for (const pid of left) killProcess(pid);
    return left.size === 0;
  }, goneWithinMs);
  await unmountBelow(regionDir(region.name));
  for (const folder of cgroupFolders(region)) removeCgroups(folder);
  removeLogLinks(region);
}

/** The kubelet links each log of a container in a folder that cannot be chosen. */
function removeLogLinks(region: Region): void {
  if (!existsSync(logLinks)) return;
  for (const name of readdirSync(logLinks)) {
    const path = join(logLinks, name);
    if (lstatSync(path).isSymbolicLink() && readlinkSync(path).startsWith(`${regionDir(region.name)}/`)) rmSync(path);
  }
}

function ctr(): string {
  return findProgram('ctr') ?? 'ctr';
}

function here(region: Region): string[] {
  return ['--address', containerdSocket(region), '--namespace', namespace];
}

/** The group of a region in each hierarchy (version 1), or in the only one (version 2). */
function cgroupFolders(region: Region): string[] {
  const isUnified = existsSync(join(cgroupMount, 'cgroup.controllers'));
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(cgroupMount));
  return (isUnified ? [cgroupMount] : mounts).map((path) => join(path, cgroupRoot(region)));
}

function processesBelow(folder: string): number[] {
  if (!existsSync(folder)) return [];
  const own = readFileSync(join(folder, 'cgroup.procs'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && line !== '0');
  return [...own.map(Number), ...foldersIn(folder).flatMap(processesBelow)];
}

function removeCgroups(folder: string): void {
  if (!existsSync(folder)) return;
  for (const inner of foldersIn(folder)) removeCgroups(inner);
  rmdirSync(folder);
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

/** The newest mount first, for it may lie in an older one. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => (line.split(' ')[4] ?? '').replaceAll('\\040', ' '))
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.toReversed()) await run({ program: 'umount', args: ['--lazy', path] });
}
