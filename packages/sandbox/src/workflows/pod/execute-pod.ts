import { parseDurationMs } from '../language/duration.ts';
import { unresolvedTag } from '../language/substitute.ts';
import type { Template } from '../spec/schema.ts';
import { isFulfilled } from '../status/status.ts';
import { addCallNode, markNode, nodeByName } from '../advance/nodes.ts';
import { buildPod } from './build-pod.ts';
import { type Call, type Executed, mayRun, type Run } from '../advance/run.ts';

/** Starts the pod of a container or script template. From then on the pod itself moves its node. */
export function executePod(run: Run, call: Call, template: Template): Executed {
  const known = nodeByName(run, call.nodeName);
  if (known !== undefined) return { node: known };
  if (isParallelismReached(run)) return {};
  const node = addCallNode(run, call, { type: 'Pod', phase: 'Pending', template });
  if (!mayRun(run, call.isOnExit)) {
    return { node: markNode(run, node, { phase: 'Failed', message: `workflow shutdown with strategy: ${run.shutdown ?? ''}` }) };
  }
  if (run.deadline !== undefined && run.now >= run.deadline && !call.isOnExit) {
    return { node: markNode(run, node, { phase: 'Failed', message: 'Step exceeded its deadline' }) };
  }
  const { inputs: _inputs, outputs: _outputs, ...body } = template;
  const unresolved = unresolvedTag(body);
  if (unresolved !== undefined) {
    const error = `failed to resolve ${unresolved}`;
    return { node: markNode(run, node, { phase: 'Error', message: error }), error };
  }
  run.podsToCreate.push(buildPod(run, { node, template, isOnExit: call.isOnExit, deadlineSeconds: deadlineSeconds(run, call, template) }));
  return { node };
}

/** The workflow's own `parallelism` counts pods. */
function isParallelismReached(run: Run): boolean {
  const limit = run.spec.parallelism;
  if (limit === undefined) return false;
  let active = 0;
  for (const node of run.nodes.values()) if (node.type === 'Pod' && !isFulfilled(node)) active += 1;
  return active >= limit;
}

/** The pod ends by the earliest of its own deadline, its template's timeout and the workflow's deadline. */
function deadlineSeconds(run: Run, call: Call, template: Template): number | undefined {
  const limits: number[] = [];
  const own = Number(template.activeDeadlineSeconds);
  if (template.activeDeadlineSeconds !== undefined && own > 0) limits.push(own);
  const timeoutMs = template.timeout === undefined ? undefined : parseDurationMs(template.timeout);
  if (timeoutMs !== undefined) limits.push(timeoutMs / 1000);
  if (run.deadline !== undefined && !call.isOnExit) limits.push((run.deadline.getTime() - run.now.getTime()) / 1000);
  return limits.length === 0 ? undefined : Math.max(1, Math.ceil(Math.min(...limits)));
}
