import path from 'node:path';

const repository = path.resolve(import.meta.dirname, '../../../..');

/** Where a file lies in the repository, as far as rules care. */
export interface Place {
  /** Path from the root of the repository, with slashes: `packages/core/src/rule/evaluate.ts`. */
  readonly file: string;
  /** The workspace that it belongs to (`packages/core`, `apps/web`, `tooling/lint`, `e2e`), or empty. */
  readonly workspace: string;
  /** Path below the workspace's `src`, or empty when it lies elsewhere. */
  readonly inSource: string;
  /** The file's own name. */
  readonly name: string;
  /** A test, its configuration or test support: `*.test.ts`, `testing/`, everything in `e2e`. */
  readonly isTest: boolean;
}

/** Reads the place of a file from its absolute path. */
export function placeOf(filename: string): Place {
  const file = path.relative(repository, filename).split(path.sep).join('/');
  const segments = file.split('/');
  const workspace = segments[0] === 'e2e' ? 'e2e' : segments.slice(0, 2).join('/');
  const start = `${workspace}/src/`;
  const name = segments.at(-1) ?? '';
  return {
    file,
    workspace,
    inSource: file.startsWith(start) ? file.slice(start.length) : '',
    name,
    isTest: workspace === 'e2e' || /\.test\.tsx?$|^vitest\.|^playwright\./.test(name) || segments.includes('testing'),
  };
}

/** Workspaces whose code runs on behalf of people: doors, operations, data and engines. */
export const serverWorkspaces: ReadonlySet<string> = new Set([
  'packages/operations',
  'packages/api',
  'packages/delivery',
  'packages/db',
  'apps/worker',
  'apps/web',
  'apps/cli',
]);
