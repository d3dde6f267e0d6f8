import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommitNode } from '@flow/core/promotion';
import type { Commit, Git } from './read-commit.ts';

/** So many commits are read back; older ones were read by the runs before, or are not asked for. */
const depth = 100;

/**
 * The commit and those before it, newest first. Of a history that is cut off, the last ones are left out: their parents are not known. Without an answer of
 * the repository it is the commit alone: that nobody knows what came before stops no run.
 */
export async function readHistory(git: Git, commit: Commit & { folder: string }): Promise<CommitNode[]> {
  // Without trees and files where the server can do that.
  await git('fetch', '--quiet', `--depth=${depth + 1}`, '--filter=tree:0', '--', commit.repositoryUrl, commit.sha).catch(() => undefined);
  const shallow = await readFile(join(commit.folder, 'shallow'), 'utf8').catch(() => '');
  const cutOff = new Set(shallow.split('\n'));
  const listed = await git('log', `--max-count=${depth}`, '--format=%H%x00%P%x00%s%x00%ae%x00%ct%x1e', commit.sha);
  const commits = listed
    .split('\u001e')
    .map((record) => record.trim())
    .filter((record) => record !== '')
    .map(toCommit);
  return commits.filter(({ sha }) => sha === commit.sha || !cutOff.has(sha));
}

function toCommit(record: string): CommitNode {
  const [sha = '', parents = '', message = '', author = '', seconds = '0'] = record.split('\u0000');
  return {
    sha,
    parents: parents.split(' ').filter((parent) => parent !== ''),
    message,
    author,
    committedAt: new Date(Number(seconds) * 1_000),
  };
}
