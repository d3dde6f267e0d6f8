import { existsSync, readFileSync, rmSync } from 'node:fs';
import { eventually } from '../machine/eventually.ts';
import { endProgram, residentBytes, runningProcess, startProgram } from '../machine/processes.ts';
import { regionDir } from '../places.ts';
import { ClusterRefused } from '../refused.ts';
import { authorityOf } from '../region/credentials.ts';
import type { Region } from '../regions.ts';
import { healthUrl, illness } from './health.ts';
import type { Part, PartName } from './part.ts';

const startsWithinMs = 240_000;
const addressFreeWithinMs = 20_000;
const shownLogChars = 3000;
const graceMs = 10_000;
/** Argo Workflows 4.0.2 takes no notice of SIGTERM. */
const deafParts: ReadonlySet<PartName> = new Set(['workflow-controller']);

const recordOf = (region: Region, name: PartName): string => regionDir(region.name, 'run', `${name}.json`);

/** Where a part writes its log. */
function logPathOf(region: Region, name: PartName): string {
  return regionDir(region.name, 'logs', `${name}.log`);
}

/** Starts a part unless it runs, and waits until it says that it works. Refuses with the end of its log when it does not. */
export async function startPart(region: Region, part: Part): Promise<void> {
  if (runningProcess(recordOf(region, part.name)) === null) {
    await refuseWhenTaken(region, part);
    const { program, args } = part;
    startProgram({
      program,
      args,
      ...(part.env === undefined ? {} : { env: part.env }),
      logPath: logPathOf(region, part.name),
      recordPath: recordOf(region, part.name),
    });
  }
  const look = async (): Promise<{ reason: string | null; isGone: boolean }> => ({
    reason: await illness(healthUrl(region, part.name), authorityOf(region)),
    isGone: !isRunning(region, part.name),
  });
  await eventually(async () => {
    const { reason, isGone } = await look();
    return reason === null || isGone;
  }, startsWithinMs);
  const { reason, isGone } = await look();
  if (reason === null && !isGone) return;
  const what = isGone ? 'ended at its start' : 'does not work';
  throw new ClusterRefused(`${part.name} of ${region.name} ${what} (${reason ?? 'another answers'}):\n${logTail(region, part.name)}`);
}

/** Ends a part by its own process id and waits until it is gone; one that does not run is as good. */
export async function endPart(region: Region, name: PartName): Promise<void> {
  await endProgram(recordOf(region, name), deafParts.has(name) ? 0 : graceMs);
}

/** Kills a part at once, as a fault would. */
export async function killPart(region: Region, name: PartName): Promise<void> {
  await endProgram(recordOf(region, name), 0);
}

export interface PartState {
  name: PartName;
  pid: number | null;
  /** Why it does not work; null when it does. */
  illness: string | null;
  residentBytes: number;
}

/** Looks at a part: its process, its own word about its health, its memory. */
export async function partState(region: Region, name: PartName): Promise<PartState> {
  const pid = runningProcess(recordOf(region, name));
  if (pid === null) return { name, pid, illness: 'it does not run', residentBytes: 0 };
  return { name, pid, illness: await illness(healthUrl(region, name), authorityOf(region)), residentBytes: residentBytes(pid) };
}

/** Whether a part of a region runs. */
export function isRunning(region: Region, name: PartName): boolean {
  return runningProcess(recordOf(region, name)) !== null;
}

/** Something else that answers there would be taken for the part. A part that was killed holds its address for a moment longer than it lives. */
async function refuseWhenTaken(region: Region, part: Part): Promise<void> {
  rmSync(recordOf(region, part.name), { force: true });
  const isFree = async (): Promise<boolean> => {
    const reason = await illness(healthUrl(region, part.name), authorityOf(region));
    return reason !== null && reason.includes('ECONNREFUSED');
  };
  if (!(await eventually(isFree, addressFreeWithinMs)))
    throw new ClusterRefused(
      `Another program answers where ${part.name} of ${region.name} would listen (${healthUrl(region, part.name)}): end the clusters of the other checkout first (pnpm cluster down there).`,
    );
}

function logTail(region: Region, name: PartName): string {
  const path = logPathOf(region, name);
  return existsSync(path) ? readFileSync(path, 'utf8').slice(-shownLogChars) : 'it wrote no log';
}
