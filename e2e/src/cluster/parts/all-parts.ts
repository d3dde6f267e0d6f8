import { apiServer, controllerManager, etcd, scheduler } from './control-plane.ts';
import { kwok, rolloutsController, workflowController } from './controllers.ts';
import { containerd, kubelet } from './node.ts';
import { partNames, type Part, type PartName, type Rig } from './part.ts';
import type { Region } from '../regions.ts';

const makers: Readonly<Record<PartName, (rig: Rig) => Part>> = {
  etcd,
  'kube-apiserver': apiServer,
  'kube-controller-manager': controllerManager,
  'kube-scheduler': scheduler,
  kwok,
  'rollouts-controller': rolloutsController,
  containerd,
  kubelet,
  'workflow-controller': workflowController,
};

const forWorkflows: ReadonlySet<PartName> = new Set(['containerd', 'kubelet', 'workflow-controller']);

/** The parts that a region has, in the order of their start. */
export function partNamesOf(region: Region): PartName[] {
  return partNames.filter((name) => region.runsWorkflows || !forWorkflows.has(name));
}

/** How a part of a region is started. It writes the configuration files that the part reads. */
export function partOf(rig: Rig, name: PartName): Part {
  return makers[name](rig);
}
