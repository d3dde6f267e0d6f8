import { parseDurationMs } from '../language/duration.ts';
import type { Template } from '../spec/schema.ts';
import type { NodeStatus, Outputs } from '../status/status.ts';
import { addCallNode, markNode } from './nodes.ts';
import { type Call, type Executed, mayRun, type Run, wakeAt } from './run.ts';

/**
 * A gate: its node waits, Running, until a client settles it, until its duration is over (it then succeeds with its defaults),
 * or until the workflow ends. What the client is asked for stands in its outputs with `valueFrom.supplied`.
 */
export function executeSuspend(run: Run, call: Call, template: Template): Executed {
  const node = addCallNode(run, call, { type: 'Suspend', phase: 'Running', template });
  const outputs = askedOutputs(template);
  if (outputs !== undefined) node.outputs ??= outputs;
  if (!mayRun(run, call.isOnExit)) {
    return { node: markNode(run, node, { phase: 'Failed', message: `Stopped with strategy '${run.shutdown ?? ''}'` }) };
  }
  const duration = template.suspend?.duration ?? '';
  return duration === '' ? { node } : resumeAfter(run, node, duration);
}

function resumeAfter(run: Run, node: NodeStatus, duration: string): Executed {
  const durationMs = parseDurationMs(duration);
  if (durationMs === undefined) {
    const message = `unable to parse suspend duration '${duration}'`;
    return { node: markNode(run, node, { phase: 'Error', message }), error: message };
  }
  const until = new Date(Date.parse(node.startedAt ?? '') + durationMs);
  if (run.now < until) {
    wakeAt(run, until);
    return { node };
  }
  const missing = fillDefaults(node.outputs);
  if (missing === undefined) return { node: markNode(run, node, { phase: 'Succeeded' }) };
  const message = `raw output parameter '${missing}' has not been set and does not have a default value`;
  return { node: markNode(run, node, { phase: 'Error', message }), error: message };
}

function askedOutputs(template: Template): Outputs | undefined {
  const asked = (template.outputs.parameters ?? []).filter((one) => one.valueFrom?.supplied !== undefined);
  if (asked.length === 0) return undefined;
  const inputDefaults = new Map((template.inputs.parameters ?? []).map((one) => [one.name, one.default]));
  return {
    parameters: asked.map((one) => {
      const fallback = one.valueFrom?.default ?? inputDefaults.get(one.name);
      return { ...one, valueFrom: { ...one.valueFrom, ...(fallback === undefined ? {} : { default: fallback }) } };
    }),
  };
}

/** Gives each parameter that nobody supplied its default; returns the name of the first that has none. */
function fillDefaults(outputs: Outputs | undefined): string | undefined {
  for (const one of outputs?.parameters ?? []) {
    if (one.value !== undefined) continue;
    if (one.valueFrom?.default === undefined) return one.name;
    one.value = one.valueFrom.default;
    delete one.valueFrom;
  }
  return undefined;
}
