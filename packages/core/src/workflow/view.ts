import { z } from 'zod';

/** Label of a Workflow that Flow has ended because a gate in it waits for long. */
export const parkedLabel = 'flow.dev/parked';

/** Name of the output of a step that writes what it has found out. */
export const evidenceOutput = 'evidence';

/** Phases of a node of a Workflow; `Waiting` is Flow's word for a node that the controller has not made yet. */
export const nodePhase = z.enum(['Waiting', 'Pending', 'Running', 'Succeeded', 'Skipped', 'Failed', 'Error', 'Omitted']);
export type NodePhase = z.infer<typeof nodePhase>;

const node = {
  nodeId: z.string(),
  phase: nodePhase,
  message: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
};
const outputs = z.record(z.string(), z.string());

/** One try of a step: one pod. */
export const tryView = z.strictObject({ ...node, podName: z.string() });

export const stepView = z.strictObject({
  key: z.string(),
  ...node,
  /** Pod of the newest try; null before the first one. */
  podName: z.string().nullable(),
  /** Every try, oldest first: each has a log of its own. */
  tries: z.array(tryView),
  outputs,
});
export type StepView = z.infer<typeof stepView>;

export const stageView = z.strictObject({
  key: z.string(),
  ...node,
  kind: z.enum(['steps', 'gate']),
  /** A gate that waits to be settled. */
  open: z.boolean(),
  /** Of a gate: what it was settled with. Of steps: the outputs of all of them. */
  outputs,
  steps: z.array(stepView),
});
export type StageView = z.infer<typeof stageView>;

/** Slim view of a Workflow that Flow compiled: its stages and steps in the order of the definition. */
export const workflowView = z.strictObject({
  uid: z.string(),
  resourceVersion: z.string(),
  namespace: z.string(),
  name: z.string(),
  phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Error']),
  message: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  /** It will not change any more. */
  completed: z.boolean(),
  shutdown: z.enum(['Stop', 'Terminate']).nullable(),
  /** False when the controller keeps the nodes in a database of its own: stages then show no progress. */
  nodesReadable: z.boolean(),
  /** The labels `flow.dev/*` that Flow gave it. */
  labels: z.record(z.string(), z.string()),
  stages: z.array(stageView),
});
export type WorkflowView = z.infer<typeof workflowView>;
