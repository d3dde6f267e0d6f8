import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Programs } from '../build/build-programs.ts';
import { imageArchive, type LocalImage } from '../build/images.ts';
import { findProgram, type MachinePrograms } from '../machine/requirements.ts';
import { run } from '../machine/run.ts';
import { imagesDir } from '../places.ts';

/** A shell with the usual commands, for the steps of workflows. */
export const stepImage = 'busybox:local';

/** The shell, git and Node of this machine: for steps that begin with a checkout. `FLOW_STEP_IMAGE` of the worker takes it. */
export const toolsImage = 'tools:local';

/** The images that a node with containers has: the holder of a pod, Argo's executor, a shell for steps, and tools where this machine has git. */
export async function nodeImageArchives(machine: MachinePrograms, programs: Programs): Promise<string[]> {
  const commands = (await run({ program: machine.busybox, args: ['--list'] })).split('\n').filter((line) => line !== '');
  const shell = { 'bin/busybox': machine.busybox };
  const tools = await toolPrograms();
  const images: LocalImage[] = [
    { name: 'pause:local', programs: shell, commands, entrypoint: ['/bin/sleep', '2147483647'] },
    { name: stepImage, programs: shell, commands, entrypoint: ['/bin/sh'] },
    { name: 'argoexec:local', programs: { ...shell, 'bin/argoexec': programs.argoexec }, commands, entrypoint: ['argoexec'] },
    ...(tools === null ? [] : [{ name: toolsImage, programs: { ...shell, ...tools }, commands, entrypoint: ['/bin/sh'] }]),
  ];
  return Promise.all(images.map(imageArchive));
}

const gitHelpers = ['git-remote-http', 'git-remote-https', 'git-upload-pack'];

/** git, Node and `flow-image` with all that they load, by their paths in the image; null where there is no git. */
async function toolPrograms(): Promise<Record<string, string> | null> {
  const git = findProgram('git');
  if (git === null) return null;
  const helperDir = (await run({ program: git, args: ['--exec-path'] })).trim();
  const helpers = gitHelpers.map((name) => join(helperDir, name)).filter(existsSync);
  const programs: [string, string][] = [
    ['usr/bin/git', git],
    ['usr/bin/git-upload-pack', git],
    ['usr/bin/node', process.execPath],
    ...helpers.map((path): [string, string] => [path.slice(1), path]),
  ];
  const libraries = await Promise.all(programs.map(([, path]) => librariesOf(path)));
  return Object.fromEntries([
    ...programs,
    ...libraries.flat().map((path): [string, string] => [path.slice(1), path]),
    ['usr/bin/flow-image', join(imagesDir, 'flow-image')],
    ['usr/lib/flow-image.ts', join(import.meta.dirname, '../../surroundings/flow-image.ts')],
  ]);
}

/** What the loader would load for a program, with the loader itself. */
async function librariesOf(program: string): Promise<string[]> {
  const out = await run({ program: 'ldd', args: [program] });
  return [...out.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
}
