import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createGitReader } from './read-commit.ts';

const run = promisify(execFile);
let folder: string;
let url: string;
let shas: string[];

async function commit(files: Readonly<Record<string, string>>): Promise<string> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const git = (...args: string[]) => run('git', ['-c', 'user.name=A', '-c', 'user.email=a@flow.test', '-C', folder, ...args]);
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'change');
  return (await git('rev-parse', 'HEAD')).stdout.trim();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flow-owners-'));
  url = `file://${folder}`;
  await run('git', ['init', '--quiet', '--initial-branch', 'main', folder]);
  await run('git', ['-C', folder, 'config', 'uploadpack.allowAnySHA1InWant', 'true']);
  shas = [
    await commit({ 'a.js': '1', CODEOWNERS: '* old@flow.test\n' }),
    await commit({ 'src/b c.js': '2', CODEOWNERS: '* new@flow.test\n', '.github/CODEOWNERS': '* first@flow.test\n' }),
  ];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = (sha: string | undefined, base: string | null | undefined) =>
  createGitReader([`file://${folder}`]).readOwners({ repositoryUrl: url, sha: sha ?? '' }, base ?? null);

test('the owners are those of the base, so that a change never names its own approvers', async () => {
  const { file, changedPaths } = await read(shas[1], shas[0]);
  expect(file).toBe('* old@flow.test\n');
  expect(changedPaths?.toSorted()).toEqual(['.github/CODEOWNERS', 'CODEOWNERS', 'src/b c.js']);
});

test('of a first version they are its own, from the first place where there are any', async () => {
  expect(await read(shas[1], null)).toEqual({ file: '* first@flow.test\n', changedPaths: null });
});
