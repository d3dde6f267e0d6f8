import { substitute } from '../language/substitute.ts';
import { parseDurationMs } from '../language/duration.ts';
import type { Template } from '../spec/schema.ts';
import { kindOf } from '../spec/validate.ts';
import { podName } from '../status/ids.ts';
import { isFulfilled, type NodeStatus } from '../status/status.ts';
import { executeDag } from './dag.ts';
import { addCallNode, addChild, addNode, attemptsOf, markNode, nodeByName } from './nodes.ts';
import { executePod } from '../pod/execute-pod.ts';
import { isPodTemplate, processTemplate } from './process-template.ts';
import { assessRetry } from './retry.ts';
import { type Call, type Executed, type Run, wakeAt } from './run.ts';
import { executeSteps } from './steps.ts';
import { executeSuspend } from './suspend.ts';

const DEEPEST_CALL = 100;

/** Runs a template for a node, as far as it can go now. Calling it again for the same node goes on where it stands. */
export function executeTemplate(run: Run, call: Call): Executed {
  const existing = nodeByName(run, call.nodeName);
  if (existing !== undefined && isFulfilled(existing)) return { node: existing };
  if (existing === undefined && isBoundaryFull(run, call.boundaryId)) return {};
  const template = run.templates.get(call.templateName);
  if (template === undefined) return failed(run, call, `template '${call.templateName}' is not defined`);
  if (run.depth >= DEEPEST_CALL) return failed(run, call, 'max depth exceeded');
  const processed = processTemplate(run, template, call);
  if (!processed.ok) return failed(run, call, processed.message);
  const late = existing === undefined ? undefined : overdue(run, existing, processed.template);
  if (late !== undefined) return { node: late };
  run.depth += 1;
  try {
    return executeProcessed(run, call, processed.template);
  } finally {
    run.depth -= 1;
  }
}

function executeProcessed(run: Run, call: Call, template: Template): Executed {
  const strategy = template.retryStrategy ?? (isPodTemplate(template) ? run.spec.retryStrategy : undefined);
  return strategy === undefined ? dispatch(run, call, template) : executeWithRetries(run, call, { ...template, retryStrategy: strategy });
}

function failed(run: Run, call: Call, message: string): Executed {
  const node = addNode(run, {
    name: call.nodeName,
    type: 'Skipped',
    phase: 'Error',
    templateName: call.templateName,
    boundaryId: call.boundaryId,
    message,
  });
  markNode(run, node, { phase: 'Error', message });
  return { node, error: message };
}

/** Pods have their timeout as a deadline of the pod; here it ends what has no pod running. */
function overdue(run: Run, node: NodeStatus, template: Template): NodeStatus | undefined {
  const timeoutMs = template.timeout === undefined ? undefined : parseDurationMs(template.timeout);
  if (timeoutMs === undefined || (node.phase !== 'Pending' && node.type !== 'Suspend')) return undefined;
  const deadline = new Date(Date.parse(node.startedAt ?? '') + timeoutMs);
  if (run.now >= deadline) {
    if (node.type === 'Pod') run.podsToTerminate.add(podName(run.name, node));
    return markNode(run, node, { phase: 'Failed', message: 'Step exceeded its deadline' });
  }
  wakeAt(run, deadline);
  return undefined;
}

/** A template's `parallelism` counts the pods, steps and DAGs directly in it that are under way. */
function isBoundaryFull(run: Run, boundaryId: string | undefined): boolean {
  const boundary = boundaryId === undefined ? undefined : run.nodes.get(boundaryId);
  const limit = boundary?.templateName === undefined ? undefined : run.templates.get(boundary.templateName)?.parallelism;
  if (limit === undefined) return false;
  let active = 0;
  for (const node of run.nodes.values()) {
    const counts = node.type === 'Pod' || node.type === 'Steps' || node.type === 'DAG';
    if (counts && node.boundaryID === boundaryId && !isFulfilled(node)) active += 1;
  }
  return active >= limit;
}

function dispatch(run: Run, call: Call, template: Template): Executed {
  switch (kindOf(template)) {
    case 'container':
    case 'script':
      return executePod(run, call, template);
    case 'steps':
      return executeSteps(run, call, template);
    case 'dag':
      return executeDag(run, call, template);
    case 'suspend':
      return executeSuspend(run, call, template);
    case undefined:
      return failed(run, call, `template '${template.name}' is of no supported kind`);
  }
}

function executeWithRetries(run: Run, call: Call, template: Template): Executed {
  const { retryStrategy: strategy = {}, ...attempted } = template;
  const retry = addCallNode(run, call, { type: 'Retry', phase: 'Running', template });
  if (assessRetry(run, retry, strategy) !== 'attempt') return { node: retry };
  const attempts = attemptsOf(run, retry);
  const last = attempts.at(-1);
  const isOpen = last !== undefined && !isFulfilled(last);
  const number = isOpen ? attempts.length - 1 : attempts.length;
  const nodeName = `${call.nodeName}(${number})`;
  const scope = retryScope(run, { number, last, nodeName, template });
  const executed = dispatch(run, { ...call, nodeName, nodeFlag: { ...call.nodeFlag, retried: true } }, substitute(attempted, scope));
  if (executed.node === undefined) return { node: retry };
  addChild(run, retry.id, executed.node.id);
  if (isFulfilled(executed.node) && assessRetry(run, retry, strategy) === 'attempt') wakeAt(run, new Date(run.now.getTime() + 1000));
  return { node: retry };
}

function retryScope(
  run: Run,
  attempt: { number: number; last: NodeStatus | undefined; nodeName: string; template: Template },
): Map<string, string> {
  const scope = new Map([
    ['pod.name', podName(run.name, { name: attempt.nodeName, templateName: attempt.template.name })],
    ['retries', String(attempt.number)],
    ['lastRetry.exitCode', '0'],
    ['lastRetry.status', ''],
    ['lastRetry.duration', '0'],
    ['lastRetry.message', ''],
  ]);
  const { last } = attempt;
  if (last === undefined) return scope;
  const lastMs = Date.parse(last.finishedAt ?? '') - Date.parse(last.startedAt ?? '');
  scope.set('lastRetry.exitCode', last.outputs?.exitCode ?? '0');
  scope.set('lastRetry.status', last.phase);
  scope.set('lastRetry.duration', String(Number.isNaN(lastMs) ? 0 : lastMs / 1000));
  scope.set('lastRetry.message', last.message ?? '');
  return scope;
}
