import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { codeOwnersPaths } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import type { CommitNode } from '@flow/core/promotion';
import { searchPath } from '../env.ts';
import { readHistory } from './read-history.ts';

const run = promisify(execFile);
const timeoutMs = 30_000;
const bytesMax = 512 * 1024;

/** Where every repository keeps its pipeline. */
export const definitionPath = '.flow/pipeline.yaml';

export interface Commit {
  repositoryUrl: string;
  sha: string;
}

export interface CommitContent {
  /** Text of the pipeline definition; null when the commit has none. */
  definition: string | null;
  message: string;
  author: string;
  /** The commit and those before it, newest first, as far as they were read; of each the parents are known. */
  history: CommitNode[];
}

/** What Flow reads of git repositories. */
export interface GitReader {
  /** The pipeline definition and what the commit says of itself. */
  readCommit(commit: Commit): Promise<CommitContent>;
  /** Writes one folder of the commit to `folder`. Links become plain files, so that nothing outside can be reached. */
  writeFolder(commit: Commit, from: { path: string; folder: string }): Promise<void>;
  /** The CODEOWNERS file of the base, and the paths in which the commit is not what the base is; without a base the file of the commit itself. */
  readOwners(commit: Commit, baseSha: string | null): Promise<OwnersOfChange>;
}

export interface OwnersOfChange {
  /** Text of the first CODEOWNERS file that is there; null when there is none. */
  file: string | null;
  /** Null when everything is new. */
  changedPaths: string[] | null;
}

/**
 * Reads with the git command, through a bare repository that is removed afterwards. Only https and ssh repositories are read, and those that begin with
 * one of the allowed prefixes (the demo's local ones). No prompt, no hooks, no user configuration; errors never carry the URL's credentials.
 */
export function createGitReader(allowedPrefixes: readonly string[]): GitReader {
  const withCommit = async <Result>(commit: Commit, act: (git: Git, folder: string) => Promise<Result>): Promise<Result> => {
    refuseUnsafe(commit, allowedPrefixes);
    const folder = await mkdtemp(join(tmpdir(), 'flow-git-'));
    const git: Git = async (...args) => {
      const { stdout } = await run(
        'git',
        ['-c', 'protocol.ext.allow=never', '-c', 'core.hooksPath=/dev/null', '-c', 'core.symlinks=false', '-C', folder, ...args],
        {
          timeout: timeoutMs,
          maxBuffer: bytesMax,
          env: gitEnvironment(folder, allowedPrefixes),
        },
      );
      return stdout;
    };
    try {
      await git('init', '--quiet', '--bare', '.');
      await fetchCommit(git, commit);
      return await act(git, folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
  return {
    readCommit: (commit) =>
      withCommit(commit, async (git, folder) => {
        const [message = '', author = ''] = (await git('show', '--no-patch', '--format=%s%x00%ae', commit.sha)).trim().split('\u0000');
        return { definition: await showFile(git, commit.sha), message, author, history: await readHistory(git, { ...commit, folder }) };
      }),
    writeFolder: (commit, from) =>
      withCommit(commit, async (git) => {
        await git(`--work-tree=${from.folder}`, 'checkout', '--force', commit.sha, '--', from.path).catch((cause: unknown) => {
          throw new FlowError({
            code: 'notFound',
            owner: 'configuration',
            message: `The commit has no folder ${from.path}: change the chart of the service, or add it`,
            cause,
          });
        });
      }),
    readOwners: (commit, baseSha) =>
      withCommit(commit, async (git) => {
        if (baseSha === null) return { file: await showOwners(git, commit.sha), changedPaths: null };
        refuseUnsafe({ ...commit, sha: baseSha }, allowedPrefixes);
        await fetchCommit(git, { ...commit, sha: baseSha });
        const changed = await git('diff', '--name-only', '-z', '--no-renames', baseSha, commit.sha);
        return { file: await showOwners(git, baseSha), changedPaths: changed.split('\u0000').filter((path) => path !== '') };
      }),
  };
}

async function showOwners(git: Git, sha: string): Promise<string | null> {
  const listed = await git('ls-tree', '--name-only', sha, '--', ...codeOwnersPaths);
  const found = codeOwnersPaths.find((path) => listed.split('\n').includes(path));
  return found === undefined ? null : git('show', `${sha}:${found}`);
}

/** Runs git in a bare repository that holds the commit. */
export type Git = (...args: string[]) => Promise<string>;

async function fetchCommit(git: Git, commit: Commit): Promise<void> {
  try {
    await git('fetch', '--quiet', '--depth', '1', '--', commit.repositoryUrl, commit.sha);
  } catch {
    // Many servers give single commits only when a branch points at them.
    await git('fetch', '--quiet', '--', commit.repositoryUrl, '+refs/heads/*:refs/heads/*').catch((cause: unknown) => {
      throw new FlowError({
        code: 'upstream',
        owner: 'configuration',
        message: 'The git repository of the service cannot be read: check its address and that Flow may read it',
        cause,
      });
    });
    await git('cat-file', '-e', `${commit.sha}^{commit}`).catch((cause: unknown) => {
      throw new FlowError({
        code: 'notFound',
        owner: 'caller',
        message: `The repository has no commit ${commit.sha.slice(0, 12)}: push it first`,
        cause,
      });
    });
  }
}

async function showFile(git: Git, sha: string): Promise<string | null> {
  const listed = await git('ls-tree', '--name-only', sha, '--', definitionPath);
  return listed.trim() === '' ? null : git('show', `${sha}:${definitionPath}`);
}

function refuseUnsafe(commit: Commit, allowedPrefixes: readonly string[]): void {
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit.sha))
    throw new FlowError({ code: 'invalid', message: 'A commit is named by its full hash of 40 hexadecimal digits' });
  const isRemote = /^(https|ssh):\/\/[^-]/.test(commit.repositoryUrl);
  if (!isRemote && !allowedPrefixes.some((prefix) => commit.repositoryUrl.startsWith(prefix) && !commit.repositoryUrl.includes('..'))) {
    throw new FlowError({
      code: 'invalid',
      owner: 'configuration',
      message: 'The repository of the service must be an https:// or ssh:// address',
    });
  }
}

function gitEnvironment(home: string, allowedPrefixes: readonly string[]): NodeJS.ProcessEnv {
  // Without encryption only where it was allowed by its address.
  const plain = allowedPrefixes.some((prefix) => prefix.startsWith('http://')) ? ':http' : '';
  return {
    PATH: searchPath(),
    HOME: home,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ALLOW_PROTOCOL: `https:ssh:file${plain}`,
    LANG: 'C.UTF-8',
  };
}
