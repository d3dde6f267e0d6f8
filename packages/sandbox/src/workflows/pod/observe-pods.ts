import { z } from 'zod';
import { OUTPUTS_ANNOTATION, parseStepOutputs } from '../../pods/step-task.ts';
import type { KubeObject } from '../../store/index.ts';
import { nodeId, podName } from '../status/ids.ts';
import { isFulfilled, type NodePhase, type NodeStatus } from '../status/status.ts';
import { markNode, nodeByName } from '../advance/nodes.ts';
import { mayRun, type Run, wakeAt } from '../advance/run.ts';

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
  const { deadline, shutdown } = run;
  const isLate = deadline !== undefined && run.now >= deadline;
  if (deadline !== undefined && !isLate) wakeAt(run, deadline);
  if (shutdown !== undefined || isLate) stopNodes(run, isLate);
}

function stopNodes(run: Run, isLate: boolean): void {
  const { shutdown = '' } = run;
  for (const node of run.nodes.values()) {
    if (isFulfilled(node)) continue;
    const isOnExit = isPartOfExit(run, node);
    // The two spaces are Argo's.
    const stopped = node.type === 'Pod' ? `workflow shutdown with strategy:  ${shutdown}` : `Stopped with strategy '${shutdown}'`;
    if (!mayRun(run, isOnExit)) stopNode(run, node, stopped);
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
  const { spec, status = {} } = seen.data;
  if (spec?.nodeName !== undefined) node['hostNodeName'] = spec.nodeName;
  const main = mainOf(status);
  switch (status.phase) {
    case 'Running':
      markNode(run, node, { phase: 'Running', message: '' });
      return;
    case 'Succeeded':
    case 'Failed':
      takeOutputs(node, pod);
      if (main?.terminated?.finishedAt !== undefined) node.finishedAt = main.terminated.finishedAt;
      markNode(run, node, endedAs(status, main));
      return;
    default:
      markNode(run, node, { phase: 'Pending', message: waitingFor(main) });
  }
}

type State = z.infer<typeof state>;

/** What ran ended well and its outputs could not be taken: an error, since it is not its own fault. */
function endedAs(
  status: { phase?: string | undefined; reason?: string | undefined; message?: string | undefined },
  main: State | undefined,
): { phase: NodePhase; message: string } {
  if (status.phase === 'Succeeded') return { phase: 'Succeeded', message: '' };
  const isOwnFault = main?.terminated?.exitCode !== 0 || status.reason !== undefined;
  return { phase: isOwnFault ? 'Failed' : 'Error', message: status.message ?? failure(main) };
}

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

function mainOf(status: { containerStatuses?: { name: string; state?: State | undefined }[] | undefined }): State | undefined {
  return (status.containerStatuses ?? []).find((one) => one.name === 'main')?.state;
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
