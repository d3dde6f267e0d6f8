/** A revision of a release as the cluster keeps it, as far as a way back depends on it. */
export interface KeptRevision {
  revision: number;
  /** Helm had finished with it: `deployed`, or `superseded` by a later one. That says nothing of its health. */
  isFinished: boolean;
  /** The deployment that made it, or whose revision a rollback took again; null when Flow did not make it. */
  deploymentId: string | null;
}

/** What Flow has seen of the deployments that made the kept revisions, in this region: whether each was healthy and is so still. One that is missing is not known. */
export type SeenHealthy = ReadonlyMap<string, boolean>;

/**
 * The revision that a region goes back to: the newest that was seen healthy there. What Helm calls deployed may be a canary that was taken back, left behind
 * by a deployment that stopped. What Flow knows nothing of, as a release from before Flow, is gone back to when nothing was seen healthy.
 * Null when there is nothing to go back to.
 */
export function revisionToGoBackTo(
  history: readonly KeptRevision[],
  { deploymentId, seen }: { deploymentId: string; seen: SeenHealthy },
): number | null {
  const finished = history.filter((kept) => kept.isFinished && kept.deploymentId !== deploymentId);
  const good = finished.filter((kept) => kept.deploymentId !== null && seen.get(kept.deploymentId) === true);
  const unknown = finished.filter((kept) => kept.deploymentId === null || !seen.has(kept.deploymentId));
  return newest(good) ?? newest(unknown);
}

function newest(revisions: readonly KeptRevision[]): number | null {
  return revisions.length === 0 ? null : Math.max(...revisions.map(({ revision }) => revision));
}
