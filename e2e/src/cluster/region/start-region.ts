import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connectCluster, type ClusterClient } from '@flow/delivery/cluster';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { z } from 'zod';
import { eventually } from '../machine/eventually.ts';
import { manifestFiles, readManifests } from '../build/manifests.ts';
import { importImage, makeCgroups } from '../node/containers.ts';
import { nodeImageArchives } from '../node/images.ts';
import { partNamesOf, partOf } from '../parts/all-parts.ts';
import type { PartName, Rig } from '../parts/part.ts';
import { startPart } from '../parts/run-part.ts';
import { regionDir } from '../places.ts';
import { ClusterRefused } from '../refused.ts';
import { connectionOf, ensureCredentials, nodeName } from './credentials.ts';
import { flowConnection } from './flow-access.ts';
import { applyAll, baseObjects, createOrApply } from './objects.ts';

/** The connections to a region that runs: as administrator, and as Flow's own account. */
export interface RegionConnections {
  admin: ClusterConnection;
  flow: ClusterConnection;
}

const readyWithinMs = 180_000;
/** The definitions of Argo Workflows are megabytes: a machine with other work takes its time over them. */
const patientTimeouts = { answerMs: 120_000, bodyMs: 120_000 };
const nodes = { group: '', version: 'v1', plural: 'nodes', kind: 'Node' };

/** Starts what does not run of a region and waits until a workflow, a canary and a release would work in it. */
export async function startRegion(rig: Rig): Promise<RegionConnections> {
  const { region } = rig;
  await ensureCredentials(region);
  for (const name of ['etcd', 'kube-apiserver'] as const) await startPart(region, partOf(rig, name));
  await using admin = connectCluster(connectionOf(region, 'admin'), { timeouts: patientTimeouts });
  await applyDefinitions(rig, admin);
  await applyAll(admin, baseObjects(region));
  if (region.runsWorkflows) await startNode(rig);
  const already: readonly PartName[] = ['etcd', 'kube-apiserver', 'containerd', 'kubelet'];
  const rest = partNamesOf(region).filter((name) => !already.includes(name));
  await Promise.all(rest.map((name) => startPart(region, partOf(rig, name))));
  const flow = await flowConnection(region, admin);
  await nodesReady(rig, admin);
  return { admin: connectionOf(region, 'admin'), flow };
}

/** Applies the definitions of Argo's objects unless these very ones were applied before, and waits until they are served. They are megabytes, and slow. */
async function applyDefinitions(rig: Rig, admin: ClusterClient): Promise<void> {
  const sets = rig.region.runsWorkflows ? (['rollouts', 'workflows'] as const) : (['rollouts'] as const);
  const files = (await Promise.all(sets.map((set) => manifestFiles(rig.machine.go, set)))).flat();
  const mark = regionDir(rig.region.name, 'definitions');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === files.join('\n')) return;
  const wanted = readManifests(files);
  for (const manifest of wanted) await createOrApply(admin, manifest);
  const names = wanted.map((manifest) => manifest.metadata?.name.split('.')[0] ?? '');
  await until('the definitions of Argo are served', async () => {
    const served = servedResources.safeParse(await admin.read('/apis/argoproj.io/v1alpha1'));
    const plurals = new Set(served.success ? served.data.value.resources.map((resource) => resource.name) : []);
    return names.every((name) => plurals.has(name));
  });
  writeFileSync(mark, files.join('\n'));
}

const servedResources = z.looseObject({ value: z.looseObject({ resources: z.array(z.looseObject({ name: z.string() })) }) });

async function startNode(rig: Rig): Promise<void> {
  makeCgroups(rig.region);
  await startPart(rig.region, partOf(rig, 'containerd'));
  for (const archive of await nodeImageArchives(rig.machine, rig.programs)) await importImage(rig.region, archive);
  await startPart(rig.region, partOf(rig, 'kubelet'));
}

async function nodesReady({ region }: Rig, admin: ClusterClient): Promise<void> {
  await until('all nodes are ready', async () => {
    for await (const page of admin.list({ kind: nodes })) if (!page.items.every(hasCondition('Ready'))) return false;
    return !region.runsWorkflows || (await admin.get({ kind: nodes, name: nodeName(region) })).ok;
  });
  await until(
    'the account of the namespace default is there',
    async () => (await admin.read('/api/v1/namespaces/default/serviceaccounts/default')).ok,
  );
}

const conditioned = z.looseObject({
  status: z.looseObject({ conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })) }),
});

/** Whether an object of the API says that a condition holds. */
function hasCondition(type: string): (object: unknown) => boolean {
  return (object) => {
    const read = conditioned.safeParse(object);
    return read.success && read.data.status.conditions.some((condition) => condition.type === type && condition.status === 'True');
  };
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  if (!(await eventually(look, readyWithinMs))) throw new ClusterRefused(`It did not come to this in ${readyWithinMs / 1000} s: ${what}.`);
}
