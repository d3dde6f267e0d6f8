/** One deployment that waits for the end of others. */
export interface WaitsFor {
  deploymentId: string;
  waitsFor: readonly string[];
}

/**
 * A circle of deployments in which each waits for the end of the next and the last for that of the first, beginning with the given one; null when there is
 * none. Nobody in it goes on by itself. Of several the shortest.
 */
export function circleThrough(deploymentId: string, all: readonly WaitsFor[]): readonly string[] | null {
  const next = new Map(all.map((one) => [one.deploymentId, one.waitsFor]));
  const cameFrom = new Map<string, string>();
  let frontier = [deploymentId];
  while (frontier.length > 0) {
    const further: string[] = [];
    for (const from of frontier) {
      for (const to of next.get(from) ?? []) {
        if (to === deploymentId) return pathTo(from, cameFrom, deploymentId);
        if (cameFrom.has(to)) continue;
        cameFrom.set(to, from);
        further.push(to);
      }
    }
    frontier = further;
  }
  return null;
}

function pathTo(last: string, cameFrom: ReadonlyMap<string, string>, first: string): readonly string[] {
  const path = [last];
  for (let at = last; at !== first;) {
    const before = cameFrom.get(at) ?? first;
    path.unshift(before);
    at = before;
  }
  return path;
}
