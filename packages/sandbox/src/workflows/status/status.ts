import { z } from 'zod';
import { parameter } from '../spec/schema.ts';

export const NODE_TYPES = ['Pod', 'Steps', 'StepGroup', 'DAG', 'TaskGroup', 'Retry', 'Skipped', 'Suspend'] as const;
export type NodeType = (typeof NODE_TYPES)[number];

/** Pending and Running are open; Skipped: `when` was false; Omitted: `depends` was not met; Error: not the fault of what ran. */
export const NODE_PHASES = ['Pending', 'Running', 'Succeeded', 'Skipped', 'Failed', 'Error', 'Omitted'] as const;
export type NodePhase = (typeof NODE_PHASES)[number];

const outputs = z.looseObject({
  parameters: z.array(parameter).optional(),
  result: z.string().optional(),
  exitCode: z.string().optional(),
});
export type Outputs = z.infer<typeof outputs>;

const node = z.looseObject({
  id: z.string(),
  name: z.string(),
  displayName: z.string().optional(),
  type: z.enum(NODE_TYPES),
  templateName: z.string().optional(),
  phase: z.enum(NODE_PHASES).default('Pending'),
  boundaryID: z.string().optional(),
  message: z.string().optional(),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
  progress: z.string().optional(),
  inputs: z.looseObject({ parameters: z.array(parameter).optional() }).optional(),
  outputs: outputs.optional(),
  children: z.array(z.string()).optional(),
  outboundNodes: z.array(z.string()).optional(),
  nodeFlag: z.looseObject({ hooked: z.boolean().optional(), retried: z.boolean().optional() }).optional(),
});
export type NodeStatus = z.infer<typeof node>;

export const nodesSchema = z.record(z.string(), node);

export const workflowStatusSchema = z.looseObject({
  phase: z.string().optional(),
  message: z.string().optional(),
  startedAt: z.string().nullish(),
  finishedAt: z.string().nullish(),
  progress: z.string().optional(),
  nodes: nodesSchema.optional(),
  compressedNodes: z.string().optional(),
  conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).optional(),
  outputs: outputs.optional(),
  storedWorkflowTemplateSpec: z.unknown().optional(),
});
export type WorkflowStatus = z.infer<typeof workflowStatusSchema>;

/** Nothing will change such a node any more. */
export function isFulfilled(one: Pick<NodeStatus, 'phase'>): boolean {
  return one.phase !== 'Pending' && one.phase !== 'Running';
}

export function isFailedOrError(one: Pick<NodeStatus, 'phase'>): boolean {
  return one.phase === 'Failed' || one.phase === 'Error';
}

/** It ran and ended: a skipped or omitted node is fulfilled and not completed. */
export function isCompleted(one: Pick<NodeStatus, 'phase'>): boolean {
  return one.phase === 'Succeeded' || isFailedOrError(one);
}

/** A workflow that is over: `Succeeded`, `Failed` or `Error`. */
export function isOver(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error';
}
