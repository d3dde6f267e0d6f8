import { z } from 'zod';
import { OUTPUTS_ANNOTATION, parseStepOutputs } from '../../pods/step-task.ts';
import type { KubeObject } from '../../store/index.ts';
import { nodeId, podName } from '../status/ids.ts';
import { isFulfilled, type NodeStatus } from '../status/status.ts';
import { markNode, nodeByName } from './nodes.ts';
import { mayRun, type Run, wakeAt } from './run.ts';

const state = z.object({
  waiting: z.object({ reason: z.string().optional(), message: z.string().optional() }).optional(),
  terminated: z
    .object({ exitCode: z.number(), reason: z.string().optional(), message: z.string().optional(), finishedAt: z.string().optional() })
    .optional(),
});
const podSchema = z.object({
  spec: z.object({ nodeName: z.string().optional() }).optional(),
  status: z
    .object({
      phase: z.string().optional(),
      reason: z.string().optional(),
      message: z.string().optional(),
      containerStatuses: z.array(z.object({ name: z.string(), state: state.optional() })).optional(),
    })
    .optional(),
});

/** Takes what the pods say into their nodes, then ends what a shutdown or the deadline ends. */
export function observePods(run: Run): void {
  for (const node of run.nodes.values()) {
    if (node.type !== 'Pod' || isFulfilled(node)) continue;
    const pod = run.pods.get(podName(run.name, node));
    if (pod === undefined) markNode(run, node, { phase: 'Error', message: 'pod deleted' });
    else observePod(run, node, pod);
  }
  const isLate = run.deadline !== undefined && run.now >= run.deadline;
  if (run.deadline !== undefined && !isLate) wakeAt(run, run.deadline);
  if (run.shutdown === undefined && !isLate) return;
  for (const node of run.nodes.values()) {
    if (isFulfilled(node)) continue;
    const isOnExit = isPartOfExit(run, node);
    if (!mayRun(run, isOnExit)) stopNode(run, node, node.type === 'Pod' ? `workflow shutdown with strategy:  ${run.shutdown ?? ''}` : `Stopped with strategy '${run.shutdown ?? ''}'`);
    else if (isLate && !isOnExit) stopNode(run, node, 'Step exceeded its deadline');
  }
}

function stopNode(run: Run, node: NodeStatus, message: string): void {
  if (node.type === 'Pod') run.podsToTerminate.add(podName(run.name, node));
  if (node.type === 'Pod' || node.type === 'Suspend') markNode(run, node, { phase: 'Failed', message });
}

function isPartOfExit(run: Run, node: NodeStatus): boolean {
  const exit = nodeByName(run, `${run.name}.onExit`);
  if (exit === undefined) return false;
  let current: NodeStatus | undefined = node;
  for (let depth = 0; current !== undefined && depth < run.nodes.size; depth += 1) {
    if (current.id === nodeId(run.name, exit.name) || current.name.startsWith(`${exit.name}(`)) return true;
    current = current.boundaryID === undefined ? undefined : run.nodes.get(current.boundaryID);
  }
  return false;
}

function observePod(run: Run, node: NodeStatus, pod: KubeObject): void {
  const seen = podSchema.safeParse(pod);
  if (!seen.success) {
    markNode(run, node, { phase: 'Error', message: `the status of pod ${pod.metadata.name} cannot be read` });
    return;
  }
  const { spec, status } = seen.data;
  if (spec?.nodeName !== undefined) node['hostNodeName'] = spec.nodeName;
  const containers = status?.containerStatuses ?? [];
  const main = containers.find((one) => one.name === 'main')?.state;
  switch (status?.phase) {
    case 'Running':
      markNode(run, node, { phase: 'Running', message: '' });
      return;
    case 'Succeeded':
    case 'Failed':
      takeOutputs(node, pod);
      if (typeof main?.terminated?.finishedAt === 'string') node.finishedAt = main.terminated.finishedAt;
      if (status.phase === 'Succeeded') markNode(run, node, { phase: 'Succeeded', message: '' });
      // What ran did end well, and its outputs could not be taken: not its own fault.
      else if (main?.terminated?.exitCode === 0 && status.reason === undefined) markNode(run, node, { phase: 'Error', message: status.message ?? failure(main) });
      else markNode(run, node, { phase: 'Failed', message: status.message ?? failure(main) });
      return;
    default:
      markNode(run, node, { phase: 'Pending', message: waitingFor(main) });
  }
}

type State = z.infer<typeof state>;

function waitingFor(main: State | undefined): string {
  const { reason = '', message = '' } = main?.waiting ?? {};
  if (reason === '' || reason === 'ContainerCreating' || reason === 'PodInitializing') return '';
  return message === '' ? reason : `${reason}: ${message}`;
}

function failure(main: State | undefined): string {
  const ended = main?.terminated;
  if (ended === undefined) return 'pod failed: neither main nor wait container completed successfully';
  const text = `main: ${ended.reason ?? 'Error'} (exit code ${ended.exitCode})`;
  return ended.message === undefined || ended.message === '' ? text : `${text}: ${ended.message}`;
}

function takeOutputs(node: NodeStatus, pod: KubeObject): void {
  const text = pod.metadata.annotations?.[OUTPUTS_ANNOTATION];
  if (text === undefined) return;
  const outputs = parseStepOutputs(text);
  node.outputs = {
    ...(outputs.parameters === undefined ? {} : { parameters: outputs.parameters }),
    ...(outputs.result === undefined ? {} : { result: outputs.result }),
    ...(outputs.exitCode === undefined ? {} : { exitCode: outputs.exitCode }),
  };
}
