import { rmSync } from 'node:fs';
import { endContainers, sweepNode } from '../node/containers.ts';
import { partNames, type PartName } from '../parts/part.ts';
import { endPart } from '../parts/run-part.ts';
import { regionDir } from '../places.ts';
import type { Region } from '../regions.ts';

/** Ends all of a region: first who gives work, then who does it. Everything is ended by its own id, and nothing of it is left behind. */
export async function stopRegion(region: Region): Promise<void> {
  const nodeParts: readonly PartName[] = ['kubelet', 'containerd'];
  const first: readonly PartName[] = ['workflow-controller', 'rollouts-controller', 'kwok', 'kube-scheduler', 'kube-controller-manager'];
  await Promise.all(first.map((name) => endPart(region, name)));
  await endPart(region, 'kubelet');
  await endContainers(region);
  await endPart(region, 'containerd');
  await sweepNode(region);
  const last = partNames.filter((name) => !first.includes(name) && !nodeParts.includes(name)).toReversed();
  for (const name of last) await endPart(region, name);
}

/** Deletes all that a region kept. It must have been stopped. */
export function wipeRegion(region: Region): void {
  rmSync(regionDir(region.name), { recursive: true, force: true });
}
