import { FlowError } from '@flow/core/fault';
import { kinds, type ClusterClient, type JsonPatchOperation, type KubeObject, type ObjectRef } from '../cluster/index.ts';
import { listAt, objectAt, textAt, type JsonObject } from '../json/index.ts';
import { packNodes, readNodes } from './nodes.ts';

/** How a gate is settled: `message` says who and why, and is how a repeat knows that the gate was settled by this very call before. */
export interface GateSettlement {
  namespace: string;
  name: string;
  uid: string;
  nodeId: string;
  outcome: 'succeeded' | 'failed';
  /** Only outputs that the gate was compiled with. */
  outputs: Readonly<Record<string, string>>;
  message: string;
  at: Date;
}
export type GateOutcome = { outcome: 'done' } | { outcome: 'refused'; why: string };

const maxTries = 5;

/** Settles a suspend node by a patch that tests what it was read as. Safe to repeat: a gate that this call settled before is done. */
export async function settleGate(client: ClusterClient, settlement: GateSettlement): Promise<GateOutcome> {
  const ref: ObjectRef = { kind: kinds.workflows, namespace: settlement.namespace, name: settlement.name };
  for (let tries = 0; tries < maxTries; tries += 1) {
    const answer = await client.get(ref);
    if (!answer.ok || answer.value.metadata.uid !== settlement.uid) return { outcome: 'refused', why: 'The run is not there any more' };
    const found = inspect(answer.value, settlement);
    if ('outcome' in found) return found;
    const patched = await client.patch(ref, { type: 'json', operations: found.operations });
    if (patched.ok) return { outcome: 'done' };
  }
  throw new FlowError({
    code: 'upstream',
    owner: 'cluster',
    message: `The gate of ${settlement.name} changes faster than Flow can settle it: it tries again`,
  });
}

function inspect(workflow: KubeObject, settlement: GateSettlement): GateOutcome | { operations: JsonPatchOperation[] } {
  const read = readNodes(workflow);
  if (read.kind === 'offloaded') {
    return {
      outcome: 'refused',
      why: 'The controller keeps the state of this run in its own database: switch node status offloading off for Flow',
    };
  }
  const node = objectAt(read.nodes, settlement.nodeId);
  const phase = textAt(node, 'phase');
  if (phase === '') return { outcome: 'refused', why: 'The run has not come to this gate yet' };
  if (textAt(node, 'type') !== 'Suspend') return { outcome: 'refused', why: 'This is not a gate' };
  if (phase !== 'Running') {
    const isOurs = textAt(node, 'message') === settlement.message && phase === phaseOf(settlement);
    return isOurs
      ? { outcome: 'done' }
      : {
          outcome: 'refused',
          why: `The gate was already settled as ${phase.toLowerCase()}: ${textAt(node, 'message') || 'no reason given'}`,
        };
  }
  return { operations: read.kind === 'inline' ? inlinePatch(node, settlement) : compressedPatch(workflow, read.nodes, settlement) };
}

function phaseOf(settlement: GateSettlement): 'Succeeded' | 'Failed' {
  return settlement.outcome === 'succeeded' ? 'Succeeded' : 'Failed';
}

function inlinePatch(node: JsonObject, settlement: GateSettlement): JsonPatchOperation[] {
  const base = `/status/nodes/${settlement.nodeId}`;
  const supplied = suppliedOutputs(node, settlement);
  return [
    { op: 'test', path: '/metadata/uid', value: settlement.uid },
    { op: 'test', path: `${base}/type`, value: 'Suspend' },
    { op: 'test', path: `${base}/phase`, value: 'Running' },
    ...supplied.flatMap(({ index, name, value }): JsonPatchOperation[] => [
      { op: 'test', path: `${base}/outputs/parameters/${index}/name`, value: name },
      // Without its valueFrom: that is how the controller tells a supplied value.
      { op: 'replace', path: `${base}/outputs/parameters/${index}`, value: { name, value } },
    ]),
    { op: 'replace', path: `${base}/phase`, value: phaseOf(settlement) },
    { op: 'add', path: `${base}/finishedAt`, value: finishedAt(settlement) },
    { op: 'add', path: `${base}/message`, value: settlement.message },
  ];
}

/** A merge into packed nodes would make the controller forget all other nodes, so the whole pack is replaced under its version. */
function compressedPatch(workflow: KubeObject, nodes: JsonObject, settlement: GateSettlement): JsonPatchOperation[] {
  const node = objectAt(nodes, settlement.nodeId);
  const supplied = new Map(suppliedOutputs(node, settlement).map((output) => [output.index, { name: output.name, value: output.value }]));
  const parameters = listAt(node, 'outputs', 'parameters').map((parameter, index) => supplied.get(index) ?? parameter);
  const settled = {
    ...node,
    phase: phaseOf(settlement),
    finishedAt: finishedAt(settlement),
    message: settlement.message,
    ...(parameters.length === 0 ? {} : { outputs: { ...objectAt(node, 'outputs'), parameters } }),
  };
  return [
    { op: 'test', path: '/metadata/uid', value: settlement.uid },
    { op: 'test', path: '/metadata/resourceVersion', value: workflow.metadata.resourceVersion },
    { op: 'test', path: '/status/compressedNodes', value: textAt(workflow, 'status', 'compressedNodes') },
    { op: 'replace', path: '/status/compressedNodes', value: packNodes({ ...nodes, [settlement.nodeId]: settled }) },
  ];
}

function suppliedOutputs(node: JsonObject, settlement: GateSettlement): { index: number; name: string; value: string }[] {
  const names = listAt(node, 'outputs', 'parameters').map((parameter) => textAt(parameter, 'name'));
  return Object.entries(settlement.outputs).map(([name, value]) => {
    const index = names.indexOf(name);
    if (index < 0) throw new FlowError({ code: 'internal', message: `The gate has no output ${name}: compile it with this output` });
    return { index, name, value };
  });
}

/** RFC 3339 without fractions, as the controller writes it. */
function finishedAt(settlement: GateSettlement): string {
  return settlement.at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
