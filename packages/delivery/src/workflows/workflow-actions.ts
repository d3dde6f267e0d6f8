import { FlowError } from '@flow/core/fault';
import { parkedLabel } from '@flow/core/workflow';
import type { WorkflowView } from '@flow/core/workflow';
import { kinds, type ClusterClient, type ObjectRef } from '../cluster/index.ts';
import type { CompiledWorkflow } from './compiled.ts';
import { projectWorkflow } from './project-workflow.ts';

export type CreateOutcome = { outcome: 'created' | 'existed'; uid: string } | { outcome: 'refused'; why: string };
export interface WorkflowRef {
  namespace: string;
  name: string;
  uid: string;
}

const identity = ['flow.dev/run', 'flow.dev/segment', 'flow.dev/attempt'];

/** Creates a Workflow. Safe to repeat: one of the same name and the same run, segment and attempt is what an earlier try made. */
export async function createWorkflow(client: ClusterClient, workflow: CompiledWorkflow): Promise<CreateOutcome> {
  const { name, namespace } = workflow.metadata;
  const created = await client.create({ kind: kinds.workflows, namespace }, workflow);
  if (created.ok) return { outcome: 'created', uid: created.value.metadata.uid };
  if (created.status === 404)
    return { outcome: 'refused', why: `The cluster has no namespace ${namespace}, or no Argo Workflows: create it, then try again` };
  if (created.status !== 409) {
    const fields = created.fields.length === 0 ? '' : `: ${created.fields.join(', ')}`;
    return { outcome: 'refused', why: `The cluster does not take the Workflow${fields}. Check the version of Argo Workflows there` };
  }
  const existing = await client.get({ kind: kinds.workflows, namespace, name });
  if (!existing.ok)
    throw new FlowError({
      code: 'upstream',
      owner: 'cluster',
      message: `The Workflow ${name} was made and removed at the same moment: Flow tries again`,
    });
  const isOurs = identity.every((label) => existing.value.metadata.labels?.[label] === workflow.metadata.labels[label]);
  if (isOurs) return { outcome: 'existed', uid: existing.value.metadata.uid };
  return { outcome: 'refused', why: `There is another Workflow named ${name} in ${namespace}, which Flow did not make: remove it` };
}

/** Ends a Workflow after its running steps were told to stop. A Workflow that is over or gone is done. */
export async function stopWorkflow(client: ClusterClient, ref: WorkflowRef): Promise<{ outcome: 'done' }> {
  return shutDown(client, ref, 'Stop');
}

/** Ends a Workflow at once: its pods are removed and open gates fail. A Workflow that is over or gone is done. */
export async function terminateWorkflow(client: ClusterClient, ref: WorkflowRef): Promise<{ outcome: 'done' }> {
  return shutDown(client, ref, 'Terminate');
}

/**
 * Ends a Workflow and marks it as ended by Flow in the same write, if it may be ended as it is at that very moment. `moved`: it has gone on meanwhile.
 * Safe to repeat. One that is gone holds no place in the engine: it counts as parked.
 */
export async function parkWorkflow(
  client: ClusterClient,
  ref: WorkflowRef,
  mayEnd: (view: WorkflowView) => boolean,
): Promise<{ outcome: 'parked' | 'moved' }> {
  const object: ObjectRef = { kind: kinds.workflows, namespace: ref.namespace, name: ref.name };
  const answer = await client.get(object);
  if (!answer.ok || answer.value.metadata.uid !== ref.uid) return { outcome: 'parked' };
  const view = projectWorkflow(answer.value);
  if (view.labels[parkedLabel] === 'true') return { outcome: 'parked' };
  if (view.completed || view.shutdown !== null || !mayEnd(view)) return { outcome: 'moved' };
  const patched = await client.patch(object, {
    type: 'json',
    operations: [
      { op: 'test', path: '/metadata/uid', value: ref.uid },
      { op: 'test', path: '/metadata/resourceVersion', value: view.resourceVersion },
      { op: 'add', path: `/metadata/labels/${parkedLabel.replace('/', '~1')}`, value: 'true' },
      { op: 'add', path: '/spec/shutdown', value: 'Terminate' },
    ],
  });
  return { outcome: patched.ok ? 'parked' : 'moved' };
}

async function shutDown(client: ClusterClient, ref: WorkflowRef, how: 'Stop' | 'Terminate'): Promise<{ outcome: 'done' }> {
  const object: ObjectRef = { kind: kinds.workflows, namespace: ref.namespace, name: ref.name };
  const answer = await client.get(object);
  if (!answer.ok || answer.value.metadata.uid !== ref.uid) return { outcome: 'done' };
  const view = projectWorkflow(answer.value);
  if (view.completed || view.shutdown === how || view.shutdown === 'Terminate') return { outcome: 'done' };
  const patched = await client.patch(object, {
    type: 'json',
    operations: [
      { op: 'test', path: '/metadata/uid', value: ref.uid },
      { op: 'add', path: '/spec/shutdown', value: how },
    ],
  });
  // The only test is the uid: it fails when the Workflow was removed meanwhile.
  if (patched.ok || patched.status === 404 || patched.status === 422) return { outcome: 'done' };
  throw new FlowError({ code: 'upstream', owner: 'cluster', message: patched.message, detail: patched.detail });
}
