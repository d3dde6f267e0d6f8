import type { Programs } from '../build/build-programs.ts';
import type { MachinePrograms } from '../machine/requirements.ts';
import type { Region } from '../regions.ts';

/** All that is needed to say how the parts of a region are started. */
export interface Rig {
  region: Region;
  programs: Programs;
  machine: MachinePrograms;
  /** Files of KWOK's stages. */
  stageFiles: readonly string[];
}

/** The programs of a region in the order of their start; they end in the opposite one. */
export const partNames = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'rollouts-controller',
  'containerd',
  'kubelet',
  'workflow-controller',
] as const;
export type PartName = (typeof partNames)[number];

/** How one part is started. */
export interface Part {
  name: PartName;
  program: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}
