import { existsSync, rmSync } from 'node:fs';
import { adminKubeconfigPath, flowKubeconfigPath, regionDir } from './places.ts';
import { ClusterRefused } from './refused.ts';
import { stopRegion, wipeRegion } from './region/stop-region.ts';
import { regions, type Region } from './regions.ts';

/** Ends all clusters of this checkout; what they hold is there again at the next start. */
export async function down(say: (line: string) => void): Promise<void> {
  const kept = keptRegions();
  if (kept.length > 0 && process.getuid?.() !== 0) throw new ClusterRefused('The clusters run as root, and only root can end them.');
  await Promise.all(kept.map(stopRegion));
  for (const path of [flowKubeconfigPath, adminKubeconfigPath]) rmSync(path, { force: true });
  say(kept.length === 0 ? 'no cluster was there' : `ended: ${kept.map(({ name }) => name).join(', ')}`);
}

/** Ends all clusters of this checkout and deletes what they hold. */
export async function reset(say: (line: string) => void): Promise<void> {
  const kept = keptRegions();
  await down(say);
  for (const region of kept) wipeRegion(region);
}

function keptRegions(): Region[] {
  return regions.filter(({ name }) => existsSync(regionDir(name)));
}
