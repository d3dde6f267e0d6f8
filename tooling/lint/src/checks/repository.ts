import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** One thing that a check found wrong. */
export interface Finding {
  /** Path from the root of the repository, with the line where there is one: `prisma/models/record.prisma:12`. */
  readonly where: string;
  readonly message: string;
}

/** A check of the repository as a whole, for what a lint rule cannot see from one file. */
export type Check = (root: string) => readonly Finding[];

/** A workspace package. */
export interface Workspace {
  /** Path from the root: `packages/core`. */
  readonly folder: string;
  readonly manifest: { readonly name: string; readonly dependencies: readonly string[] };
}

const skippedFolders = new Set([
  'node_modules',
  '.git',
  '.next',
  '.turbo',
  '.flow',
  'generated',
  'coverage',
  'dist',
  'test-results',
  'playwright-report',
]);

/** Every file below a folder, as paths from the root; what tools generate is left out. */
export function filesBelow(root: string, folder: string): readonly string[] {
  const absolute = path.join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
    const inner = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : filesBelow(root, inner);
    return entry.isFile() ? [inner] : [];
  });
}

/** The text of a file, by its path from the root. */
export function textOfFile(root: string, file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

function foldersIn(root: string, parent: string): readonly string[] {
  const absolute = path.join(root, parent);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${parent}/${entry.name}`);
}

function namesIn(value: unknown, field: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const entry: unknown = Object.entries(value).find(([key]) => key === field)?.[1];
  return typeof entry === 'object' && entry !== null ? Object.keys(entry) : [];
}

function readManifest(root: string, folder: string): Workspace {
  const parsed: unknown = JSON.parse(textOfFile(root, `${folder}/package.json`));
  const name = typeof parsed === 'object' && parsed !== null && 'name' in parsed ? String(parsed.name) : folder;
  return { folder, manifest: { name, dependencies: [...namesIn(parsed, 'dependencies'), ...namesIn(parsed, 'devDependencies')] } };
}

/** The workspaces of the repository: `apps/*`, `packages/*`, `tooling/*` and `e2e`. */
export function workspacesOf(root: string): readonly Workspace[] {
  const folders = ['apps', 'packages', 'tooling'].flatMap((parent) => foldersIn(root, parent));
  return [...folders, 'e2e']
    .filter((folder) => existsSync(path.join(root, folder, 'package.json')))
    .map((folder) => readManifest(root, folder));
}
