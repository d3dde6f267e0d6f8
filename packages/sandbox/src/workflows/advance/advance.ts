import { type KubeObject, type NewObject, toTime } from '../../store/index.ts';
import { resolveSpec } from '../spec/resolve.ts';
import type { WorkflowSpec } from '../spec/schema.ts';
import { whyInvalid } from '../spec/validate.ts';
import { readStatus } from '../status/packing.ts';
import { isFailedOrError, isFulfilled, isOver, type NodeStatus, type WorkflowStatus } from '../status/status.ts';
import { executeTemplate } from './execute.ts';
import { globalsOf } from './globals.ts';
import { nodeByName } from './nodes.ts';
import { observePods } from '../pod/observe-pods.ts';
import { countProgress } from './progress.ts';
import { mayRun, type Run } from './run.ts';

/** What one look at a workflow leads to. */
export interface Advanced {
  status: WorkflowStatus;
  podsToCreate: NewObject[];
  /** Names of pods whose process is to be ended; the pod and its log stay. */
  podsToTerminate: string[];
  /** When to look again, if nothing changes before. */
  wakeAt: Date | undefined;
}

/**
 * Moves a workflow as far as it can go now: takes in what its pods (by name) say, starts what may start, settles what has ended.
 * The pods to create must exist before the new status is stored: a node whose pod is missing counts as `pod deleted`.
 * A workflow that is over comes back as it is.
 */
export function advance(workflow: KubeObject, pods: ReadonlyMap<string, KubeObject>, now: Date): Advanced {
  const status = readStatus(workflow);
  const idle = { podsToCreate: [], podsToTerminate: [], wakeAt: undefined };
  if (isOver(status.phase)) return { status, ...idle };
  const resolved = resolveSpec(workflow);
  const wrong = resolved.ok ? whyInvalid(resolved.spec) : resolved.message;
  if (!resolved.ok || wrong !== undefined) {
    return { status: close(start(status, now), { phase: 'Failed', message: `invalid spec: ${wrong ?? ''}`, now }), ...idle };
  }
  const started = start(status, now);
  const run = createRun({ workflow, spec: resolved.spec, status: started, pods, now });
  const result = operate(run);
  return {
    status: toStatus(run, started, result),
    podsToCreate: run.podsToCreate,
    podsToTerminate: [...run.podsToTerminate],
    wakeAt: result === undefined ? run.wakeAt : undefined,
  };
}

function start(status: WorkflowStatus, now: Date): WorkflowStatus {
  if ((status.phase ?? '') !== '' && typeof status.startedAt === 'string') return status;
  return { ...status, phase: 'Running', startedAt: toTime(now), finishedAt: null, progress: '0/0' };
}

function createRun(made: {
  workflow: KubeObject;
  spec: WorkflowSpec;
  status: WorkflowStatus;
  pods: ReadonlyMap<string, KubeObject>;
  now: Date;
}): Run {
  const { workflow, spec, status, pods, now } = made;
  const limitSeconds = spec.activeDeadlineSeconds;
  const run: Run = {
    workflow,
    name: workflow.metadata.name,
    spec,
    templates: new Map((spec.templates ?? []).map((template) => [template.name, template])),
    nodes: new Map(Object.entries(structuredClone(status.nodes ?? {}))),
    pods,
    now,
    globals: globalsOf({ workflow, spec, status, now }),
    shutdown: spec.shutdown === 'Stop' || spec.shutdown === 'Terminate' ? spec.shutdown : undefined,
    deadline: typeof limitSeconds === 'number' ? new Date(Date.parse(status.startedAt ?? '') + limitSeconds * 1000) : undefined,
    podsToCreate: [],
    podsToTerminate: new Set(),
    outputs: status.outputs,
    wakeAt: undefined,
    depth: 0,
    execute: (call) => executeTemplate(run, call),
  };
  return run;
}

interface Result {
  phase: 'Succeeded' | 'Failed' | 'Error';
  message: string;
}

/** The main template, then the exit handler, then the workflow's own end. Undefined while it is not over. */
function operate(run: Run): Result | undefined {
  observePods(run);
  liftOutputs(run);
  if (run.spec.suspend === true) return undefined;
  const { node } = run.execute({
    nodeName: run.name,
    templateName: run.spec.entrypoint ?? '',
    arguments: run.spec.arguments.parameters,
    isOnExit: false,
  });
  liftOutputs(run);
  if (node === undefined || !isFulfilled(node)) return undefined;
  const own = resultOf(run, node);
  const exit = operateExit(run, own);
  if (exit === 'waiting') return undefined;
  if (own.phase === 'Succeeded' && exit !== undefined && isFailedOrError(exit)) {
    return { phase: exit.phase === 'Failed' ? 'Failed' : 'Error', message: exit.message ?? '' };
  }
  return own;
}

function resultOf(run: Run, node: NodeStatus): Result {
  if (!isFailedOrError(node)) return { phase: 'Succeeded', message: node.message ?? '' };
  const message = run.shutdown === undefined ? (node.message ?? '') : `Stopped with strategy '${run.shutdown}'`;
  return { phase: node.phase === 'Failed' ? 'Failed' : 'Error', message };
}

function operateExit(run: Run, own: Result): NodeStatus | 'waiting' | undefined {
  const hook = run.spec.hooks?.exit;
  const templateName = hook?.template ?? run.spec.onExit ?? '';
  const nodeName = `${run.name}.onExit`;
  if (templateName === '' || (nodeByName(run, nodeName) === undefined && !mayRun(run, true))) return undefined;
  run.globals.set('workflow.status', own.phase);
  run.globals.set('workflow.failures', JSON.stringify(JSON.stringify(failures(run))));
  const { node } = run.execute({
    nodeName,
    templateName,
    arguments: (hook?.arguments ?? run.spec.arguments).parameters,
    isOnExit: true,
    nodeFlag: { hooked: true },
  });
  return node === undefined || !isFulfilled(node) ? 'waiting' : node;
}

function failures(run: Run): unknown[] {
  return [...run.nodes.values()].filter(isFailedOrError).map(({ displayName, message = '', templateName = '', phase, finishedAt }) => ({
    displayName,
    message,
    templateName,
    phase,
    finishedAt,
  }));
}

/** Outputs with a `globalName` are the workflow's too, and `{{workflow.outputs.parameters.…}}` for what comes after. */
function liftOutputs(run: Run): void {
  const parameters = new Map((run.outputs?.parameters ?? []).map((one) => [one.name, one]));
  for (const node of run.nodes.values()) {
    if (node.phase !== 'Succeeded') continue;
    for (const { globalName, value } of node.outputs?.parameters ?? []) {
      if (globalName === undefined || value === undefined) continue;
      parameters.set(globalName, { name: globalName, value });
      run.globals.set(`workflow.outputs.parameters.${globalName}`, value);
    }
  }
  if (parameters.size > 0) run.outputs = { ...run.outputs, parameters: [...parameters.values()] };
}

function toStatus(run: Run, before: WorkflowStatus, result: Result | undefined): WorkflowStatus {
  const progress = countProgress(run.nodes);
  const isPodRunning = [...run.nodes.values()].some((node) => node.type === 'Pod' && node.phase === 'Running');
  const status: WorkflowStatus = {
    ...before,
    progress,
    nodes: Object.fromEntries(run.nodes),
    conditions: setCondition(before.conditions, { type: 'PodRunning', status: isPodRunning ? 'True' : 'False' }),
    ...(run.outputs === undefined ? {} : { outputs: run.outputs }),
  };
  return result === undefined ? status : close(status, { ...result, now: run.now });
}

function close(status: WorkflowStatus, end: Result & { now: Date }): WorkflowStatus {
  const { message: _message, ...rest } = status;
  return {
    ...rest,
    phase: end.phase,
    finishedAt: toTime(end.now),
    ...(end.message === '' ? {} : { message: end.message }),
    conditions: setCondition(status.conditions, { type: 'Completed', status: 'True' }),
  };
}

function setCondition(
  conditions: WorkflowStatus['conditions'],
  condition: { type: string; status: string },
): NonNullable<WorkflowStatus['conditions']> {
  return [...(conditions ?? []).filter((one) => one.type !== condition.type), condition];
}
