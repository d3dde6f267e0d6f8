import { imageArchive, type LocalImage } from '../build/images.ts';
import type { Programs } from '../build/build-programs.ts';
import { run } from '../machine/run.ts';
import type { MachinePrograms } from '../machine/requirements.ts';

/** A shell with the usual commands, for the steps of workflows. */
export const stepImage = 'busybox:local';

/** The images that every node with containers has: the holder of a pod, Argo's executor, and a shell for steps. */
export async function nodeImageArchives(machine: MachinePrograms, programs: Programs): Promise<string[]> {
  const commands = (await run({ program: machine.busybox, args: ['--list'] })).split('\n').filter((line) => line !== '');
  const shell = { programs: { 'bin/busybox': machine.busybox }, commands };
  const images: LocalImage[] = [
    { name: 'pause:local', ...shell, entrypoint: ['/bin/sleep', '2147483647'] },
    { name: stepImage, ...shell, entrypoint: ['/bin/sh'] },
    { name: 'argoexec:local', programs: { ...shell.programs, 'bin/argoexec': programs.argoexec }, commands, entrypoint: ['argoexec'] },
  ];
  return Promise.all(images.map(imageArchive));
}
