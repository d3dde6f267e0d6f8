import { existsSync } from 'node:fs';
import { partNamesOf } from './parts/all-parts.ts';
import { partState, type PartState } from './parts/run-part.ts';
import { adminKubeconfigPath, flowKubeconfigPath } from './places.ts';
import { tlsPath } from './region/credentials.ts';
import { regions, type Region } from './regions.ts';

/** Says of each part of the clusters that were started whether it works; true when there is one and all of it does. */
export async function printStatus(say: (line: string) => void): Promise<boolean> {
  const started = regions.filter((region) => existsSync(tlsPath(region, 'complete')) && existsSync(flowKubeconfigPath));
  if (started.length === 0) {
    say('no cluster is there: pnpm cluster up');
    return false;
  }
  let isWell = true;
  for (const region of started) {
    const states = await partStates(region);
    isWell &&= states.every((state) => state.illness === null);
    for (const state of states) say(line(region, state));
    say(`${region.name}  ${mebibytes(states.reduce((sum, state) => sum + state.residentBytes, 0))} in all`);
  }
  say(`kubeconfigs: ${flowKubeconfigPath} (Flow), ${adminKubeconfigPath} (administrator)`);
  return isWell;
}

/** The state of each part of a region. */
async function partStates(region: Region): Promise<PartState[]> {
  return Promise.all(partNamesOf(region).map((name) => partState(region, name)));
}

function line(region: Region, state: PartState): string {
  const pid = state.pid === null ? '' : `pid ${state.pid}, ${mebibytes(state.residentBytes)}`;
  return `${region.name}  ${state.name.padEnd(24)}${state.illness === null ? 'works' : `DOES NOT WORK: ${state.illness}`}  ${pid}`.trimEnd();
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1024 ** 2)} MiB`;
}
