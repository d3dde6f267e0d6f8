/** A commit as runs have read it. */
export interface CommitNode {
  sha: string;
  /** Empty for the first commit, and where the history was not read that far. */
  parents: readonly string[];
  message: string;
  author: string;
  committedAt: Date;
}

/** Commits of one service, found by their hash. */
export type CommitGraph = ReadonlyMap<string, CommitNode>;

/** Makes a graph of commits in any order. */
export function commitGraph(commits: readonly CommitNode[]): CommitGraph {
  return new Map(commits.map((commit) => [commit.sha, commit]));
}

/** Everything that a version built from this commit contains: the commit and all that came before it, as far as the history is known. */
export function ancestry(graph: CommitGraph, tip: string): ReadonlySet<string> {
  const found = new Set([tip]);
  // A set hands out what is added while it is walked.
  for (const sha of found) for (const parent of graph.get(sha)?.parents ?? []) found.add(parent);
  return found;
}

/**
 * How one commit stands to another.
 * - `ahead`: it contains the other one, and these commits more. `behind` the other way round.
 * - `diverged`: each has commits that the other lacks.
 * - `unknown`: the history that was read does not connect them.
 */
export type Relation =
  | { kind: 'same' }
  | { kind: 'ahead'; ahead: CommitNode[] }
  | { kind: 'behind'; behind: CommitNode[] }
  | { kind: 'diverged'; ahead: CommitNode[]; behind: CommitNode[] }
  | { kind: 'unknown' };

/** How a commit stands to a base; commits are newest first. */
export function relate(graph: CommitGraph, commit: string, base: string): Relation {
  if (commit === base) return { kind: 'same' };
  const [own, other] = [ancestry(graph, commit), ancestry(graph, base)];
  const ahead = difference(graph, own, other);
  const behind = difference(graph, other, own);
  if (own.has(base)) return { kind: 'ahead', ahead };
  if (other.has(commit)) return { kind: 'behind', behind };
  const isConnected = [...own].some((sha) => other.has(sha));
  return isConnected ? { kind: 'diverged', ahead, behind } : { kind: 'unknown' };
}

function difference(graph: CommitGraph, of: ReadonlySet<string>, without: ReadonlySet<string>): CommitNode[] {
  return [...of]
    .flatMap((sha) => (without.has(sha) ? [] : (graph.get(sha) ?? [])))
    .toSorted((left, right) => right.committedAt.getTime() - left.committedAt.getTime() || (left.sha < right.sha ? -1 : 1));
}
