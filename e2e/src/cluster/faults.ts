import { rigs } from './up.ts';
import { partOf } from './parts/all-parts.ts';
import { killPart, startPart } from './parts/run-part.ts';
import type { PartName } from './parts/part.ts';
import { ClusterRefused } from './refused.ts';
import { regions, type Region } from './regions.ts';

export type { PartName } from './parts/part.ts';

/** Kills a part of a cluster of this checkout at once, as a crash would; it stays away until `startAgain`. */
export async function kill(regionName: string, part: PartName): Promise<void> {
  await killPart(regionOf(regionName), part);
}

/** Starts a part that was killed, and waits until it works. */
export async function startAgain(regionName: string, part: PartName): Promise<void> {
  const region = regionOf(regionName);
  const rigOf = await rigs(() => undefined);
  await startPart(region, partOf(rigOf(region), part));
}

function regionOf(name: string): Region {
  const found = regions.find((region) => region.name === name);
  if (found === undefined)
    throw new ClusterRefused(
      `There is no cluster ${name} of this checkout; there may be: ${regions.map((region) => region.name).join(', ')}.`,
    );
  return found;
}
