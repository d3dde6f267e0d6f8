import type { WayBack } from './light.tsx';

const inWords = new Intl.ListFormat('en', { type: 'conjunction' });
/** Of more regions than this the number is told instead of their names. */
const namedMax = 6;

export interface LitRegions {
  wayBack: WayBack;
  regions: string[];
}

/** The regions of which the same is said together, the worst first; those nobody has looked at are left out. */
export function bySentence(targets: readonly { region: string; wayBack: WayBack | null }[]): LitRegions[] {
  const groups = new Map<string, LitRegions>();
  for (const { region, wayBack } of targets) {
    if (wayBack === null) continue;
    const key = `${wayBack.light} ${wayBack.sentence}`;
    groups.set(key, { wayBack, regions: [...(groups.get(key)?.regions ?? []), region] });
  }
  return [...groups.values()].toSorted((left, right) => order[left.wayBack.light] - order[right.wayBack.light]);
}

const order = { none: 0, doubtful: 1, works: 2 } as const satisfies Record<WayBack['light'], number>;

/** Names as people list them; of many their number. */
export function regionsInWords(regions: readonly string[]): string {
  return regions.length > namedMax ? `${regions.length} regions` : inWords.format(regions);
}
