import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ancestry, commitGraph, relate } from './commits.ts';
import type { CommitNode } from './commits.ts';

const commit = (sha: string, parents: string[], at: number): CommitNode => ({
  sha,
  parents,
  message: `Change ${sha}`,
  author: '',
  committedAt: new Date(at),
});
const shas = (commits: readonly CommitNode[]) => commits.map(({ sha }) => sha);

//   a ← b ← c ← f (merge of e)
//        ↖ d ← e ↗
const graph = commitGraph([
  commit('a', [], 1),
  commit('b', ['a'], 2),
  commit('c', ['b'], 3),
  commit('d', ['b'], 4),
  commit('e', ['d'], 5),
  commit('f', ['c', 'e'], 6),
]);

describe('how commits stand to each other', () => {
  test('a version contains the commits of a branch that was merged into it', () => {
    expect([...ancestry(graph, 'f')].toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    const relation = relate(graph, 'f', 'c');
    expect(relation.kind === 'ahead' ? shas(relation.ahead) : relation).toEqual(['f', 'e', 'd']);
  });

  test('behind names the commits that are missing, newest first', () => {
    const relation = relate(graph, 'b', 'e');
    expect(relation.kind === 'behind' ? shas(relation.behind) : relation).toEqual(['e', 'd']);
  });

  test('two branches have diverged, each with its own commits', () => {
    const relation = relate(graph, 'c', 'e');
    expect(relation.kind === 'diverged' ? [shas(relation.ahead), shas(relation.behind)] : relation).toEqual([['c'], ['e', 'd']]);
  });

  test('what the known history does not connect is unknown, and not guessed', () => {
    expect(relate(graph, 'f', 'z')).toEqual({ kind: 'unknown' });
    expect(relate(graph, 'f', 'f')).toEqual({ kind: 'same' });
    expect(relate(commitGraph([]), 'z', 'z')).toEqual({ kind: 'same' });
  });
});

test('turned round, a relation says the same of the other side, and no commit is on both', () => {
  // Each commit has parents among those before it: there is no circle.
  const history = fc
    .array(fc.array(fc.nat(), { maxLength: 2 }), { minLength: 2, maxLength: 25 })
    .map((parents) =>
      parents.map((numbers, index) => commit(`c${index}`, index === 0 ? [] : numbers.map((number) => `c${number % index}`), index)),
    );
  fc.assert(
    fc.property(history, fc.nat(), fc.nat(), (commits, first, second) => {
      const graph = commitGraph(commits);
      const [one, other] = [`c${first % commits.length}`, `c${second % commits.length}`];
      const [there, back] = [relate(graph, one, other), relate(graph, other, one)];
      const turned = { same: 'same', ahead: 'behind', behind: 'ahead', diverged: 'diverged', unknown: 'unknown' } as const;
      expect(back.kind).toBe(turned[there.kind]);
      if (there.kind === 'ahead') {
        const before = ancestry(graph, other);
        expect(there.ahead.every(({ sha }) => !before.has(sha))).toBe(true);
        expect(there.ahead.length + before.size).toBe(ancestry(graph, one).size);
      }
    }),
  );
});
