import { buildPrograms } from './build/build-programs.ts';
import { manifestFiles } from './build/manifests.ts';
import { machinePrograms } from './machine/requirements.ts';
import type { Rig } from './parts/part.ts';
import { isRunning } from './parts/run-part.ts';
import { adminKubeconfigPath, flowKubeconfigPath } from './places.ts';
import { writeContexts } from './region/kubeconfigs.ts';
import { startRegion, type RegionConnections } from './region/start-region.ts';
import { regions, type Region } from './regions.ts';

/** Starts the first `count` clusters, or what does not run of them and of others that run, and prints how to reach them all. */
export async function up({ count, say }: { count: number; say: (line: string) => void }): Promise<void> {
  const rigOf = await rigs(say);
  const started = await Promise.all(
    regions.filter((region, index) => index < count || isRunning(region, 'kube-apiserver')).map((region) => startOne(rigOf(region), say)),
  );
  writeContexts(adminKubeconfigPath, new Map(started.map(([name, { admin }]) => [name, admin])));
  writeContexts(flowKubeconfigPath, new Map(started.map(([name, { flow }]) => [name, flow])));
  say(`As Flow:          export KUBECONFIG=${flowKubeconfigPath}   # contexts: ${started.map(([name]) => name).join(', ')}`);
  say(`As administrator: export KUBECONFIG=${adminKubeconfigPath}`);
}

async function startOne(rig: Rig, say: (line: string) => void): Promise<[string, RegionConnections]> {
  const { region } = rig;
  const startedMs = Date.now();
  const connections = await startRegion(rig);
  const what = region.runsWorkflows ? 'Workflows in containers, Rollouts' : 'Rollouts; its workflows run in the first region';
  say(`${region.name} is ready at https://${region.address} after ${((Date.now() - startedMs) / 1000).toFixed(1)} s (${what})`);
  return [region.name, connections];
}

/** What each region is started from; builds and installs what is missing. */
export async function rigs(say: (line: string) => void): Promise<(region: Region) => Rig> {
  const machine = await machinePrograms(say);
  const programs = await buildPrograms(machine.go, say);
  const stageFiles = await manifestFiles(machine.go, 'stages');
  return (region) => ({ region, programs, machine, stageFiles });
}
