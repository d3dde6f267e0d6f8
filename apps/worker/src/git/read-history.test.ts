import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGitReader } from './read-commit.ts';

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-history-'));
  await run('git', ['init', '--quiet', '--initial-branch', 'main', folder]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const git = async (...args: string[]) =>
  (await run('git', ['-c', 'user.name=A', '-c', 'user.email=a@flow.test', '-C', folder, ...args])).stdout.trim();
async function commit(message: string): Promise<string> {
  await git('commit', '--quiet', '--allow-empty', '--message', message);
  return git('rev-parse', 'HEAD');
}
const readHistoryOf = async (sha: string) =>
  (await createGitReader([`file://${folder}`]).readCommit({ repositoryUrl: `file://${folder}`, sha })).history;

test('the history of a commit is read with its parents, a merge with both', async () => {
  const first = await commit('First');
  await git('checkout', '--quiet', '-b', 'side');
  const side = await commit('On the side');
  await git('checkout', '--quiet', 'main');
  const main = await commit('On main');
  await git('merge', '--quiet', '--no-ff', '--message', 'Both', 'side');
  const merged = await git('rev-parse', 'HEAD');
  const history = await readHistoryOf(merged);
  expect(Object.fromEntries(history.map(({ sha, parents, message }) => [message, [sha, parents]]))).toEqual({
    Both: [merged, [main, side]],
    'On main': [main, [first]],
    'On the side': [side, [first]],
    First: [first, []],
  });
  expect(history[0]).toMatchObject({ sha: merged, author: 'a@flow.test' });
});

test('of a long history the newest commits are read, and none that seems to have no parents though it has', async () => {
  const [tree, before] = [await git('rev-parse', 'HEAD^{tree}'), await git('rev-parse', 'HEAD')];
  let tip = before;
  for (let index = 0; index < 120; index += 1) tip = await git('commit-tree', tree, '-p', tip, '-m', `Change ${index}`);
  await git('update-ref', 'refs/heads/main', tip);
  const history = await readHistoryOf(tip);
  expect(history).toHaveLength(100);
  expect(history.every(({ parents }) => parents.length === 1)).toBe(true);
});
