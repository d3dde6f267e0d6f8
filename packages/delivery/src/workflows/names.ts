import { createHash } from 'node:crypto';

/** 32-bit FNV-1a of the UTF-8 bytes, as Argo names nodes with. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** Id of a node, known before the node is there (argo-workflows `NodeID`). The name of the root node is that of the Workflow. */
export function nodeId(workflowName: string, nodeName: string): string {
  return nodeName === workflowName ? workflowName : `${workflowName}-${fnv1a32(nodeName)}`;
}

/** Name of the node of a stage, and of a step in it. */
export function nodeName(workflowName: string, stageKey: string, stepKey?: string): string {
  return stepKey === undefined ? `${workflowName}.${stageKey}` : `${workflowName}.${stageKey}.${stepKey}`;
}

/** Id of the suspend node that a gate stage is. */
export function gateNodeId(workflowName: string, stageKey: string): string {
  return nodeId(workflowName, nodeName(workflowName, stageKey));
}

const maxPodPrefix = 242;

/** Name of the pod of a node (argo-workflows pod names, version 2). */
export function podName(workflowName: string, templateName: string, name: string): string {
  if (workflowName === name) return workflowName;
  return `${`${workflowName}-${templateName}`.slice(0, maxPodPrefix)}-${fnv1a32(name)}`;
}

/** Name of the Workflow of one try of one segment of a run: it is never used again. Long or odd ids are replaced by their hash. */
export function workflowName(run: { runId: string; segment: number; attempt: number }): string {
  const isName = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(run.runId) && run.runId.length <= 40;
  const id = isName ? run.runId : createHash('sha256').update(run.runId).digest('hex').slice(0, 32);
  return `run-${id}-s${run.segment}-a${run.attempt}`;
}
