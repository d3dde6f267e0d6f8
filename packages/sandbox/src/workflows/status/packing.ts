import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { nodesSchema, type NodeStatus, type WorkflowStatus, workflowStatusSchema } from './status.ts';

const LARGEST_UNPACKED_BYTES = 256 * 1024 * 1024;

/** Nodes as `status.compressedNodes` holds them: base64 of gzip of their JSON. */
export function packNodes(nodes: Readonly<Record<string, NodeStatus>>): string {
  return gzipSync(JSON.stringify(nodes)).toString('base64');
}

/** Reads `status.compressedNodes`. Throws when it is not base64, gzip and JSON of nodes, or when it unpacks to more than 256 MiB. */
export function unpackNodes(packed: string): Record<string, NodeStatus> {
  const json = gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: LARGEST_UNPACKED_BYTES }).toString('utf8');
  return nodesSchema.parse(JSON.parse(json));
}

const withStatus = z.looseObject({ status: workflowStatusSchema.optional() });

/** The status of a workflow with its nodes unpacked. Throws when it is not a workflow's status. */
export function readStatus(workflow: { [field: string]: unknown }): WorkflowStatus {
  const status = withStatus.parse(workflow).status ?? {};
  const { compressedNodes, ...rest } = status;
  if (compressedNodes === undefined || compressedNodes === '') return rest;
  return { ...rest, nodes: { ...unpackNodes(compressedNodes), ...rest.nodes } };
}

/** The status as it is stored: as it is when the workflow stays below the limit, else with its nodes packed. */
export function packStatus(status: WorkflowStatus, options: { otherBytes: number; maxBytes: number }): WorkflowStatus {
  const bytes = Buffer.byteLength(JSON.stringify(status)) + options.otherBytes;
  if (bytes <= options.maxBytes || status.nodes === undefined) return status;
  const { nodes, ...rest } = status;
  return { ...rest, compressedNodes: packNodes(nodes) };
}
