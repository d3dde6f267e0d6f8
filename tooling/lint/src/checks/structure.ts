import path from 'node:path';
import { filesBelow, workspacesOf, type Check, type Finding } from './repository.ts';

const depthMax = 4;
const filesMax = 15;
const isSource = (file: string): boolean => /\.(?:ts|tsx|mts|css)$/.test(file) && !/\.(?:test|states)\.tsx?$|\.d\.ts$/.test(file);
/** A variable or group of a route is a part of an address, not a folder that someone opens in passing. */
const isAddress = (folder: string): boolean => /^[[(@]/.test(folder);

function tooDeep(source: string, file: string): boolean {
  const inner = path.posix.dirname(path.posix.relative(source, file));
  return inner !== '.' && inner.split('/').filter((folder) => !isAddress(folder)).length > depthMax;
}

function checkFolders(source: string, files: readonly string[]): readonly Finding[] {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(path.posix.dirname(file), (counts.get(path.posix.dirname(file)) ?? 0) + 1);
  const crowded = [...counts]
    .filter(([, count]) => count > filesMax)
    .map(([where, count]) => ({
      where,
      message: `${String(count)} source files in one folder (at most ${String(filesMax)}): split it by idea`,
    }));
  const deep = files
    .filter((file) => tooDeep(source, file))
    .map((where) => ({ where, message: `more than ${String(depthMax)} folders below src` }));
  return [...crowded, ...deep];
}

/** Folders that can be taken in at a glance: at most 4 deep below `src`, at most 15 source files each (tests not counted). */
export const checkStructure: Check = (root) =>
  workspacesOf(root).flatMap(({ folder }) => checkFolders(`${folder}/src`, filesBelow(root, `${folder}/src`).filter(isSource)));
