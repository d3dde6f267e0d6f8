import type { KubeObject } from '../../store/index.ts';
import type { WorkflowSpec } from '../spec/schema.ts';
import { valuesOf } from '../spec/resolve.ts';
import type { WorkflowStatus } from '../status/status.ts';

/** What `{{workflow.…}}` stands for in every template of the workflow. */
export function globalsOf(workflow: KubeObject, spec: WorkflowSpec, status: WorkflowStatus): Map<string, string> {
  const { name, namespace, uid, labels, annotations, creationTimestamp } = workflow.metadata;
  const globals = new Map([
    ['workflow.name', name],
    ['workflow.namespace', namespace ?? ''],
    ['workflow.uid', uid],
    ['workflow.mainEntrypoint', spec.entrypoint ?? ''],
    ['workflow.serviceAccountName', spec.serviceAccountName ?? ''],
    ['workflow.creationTimestamp', creationTimestamp],
    ['workflow.creationTimestamp.RFC3339', creationTimestamp],
    ['workflow.creationTimestamp.s', String(Math.floor(Date.parse(creationTimestamp) / 1000))],
    ['workflow.parameters', JSON.stringify(spec.arguments.parameters ?? [])],
    ['workflow.parameters.json', JSON.stringify(spec.arguments.parameters ?? [])],
    ['workflow.labels', JSON.stringify(labels ?? {})],
    ['workflow.annotations', JSON.stringify(annotations ?? {})],
    ['workflow.status', status.phase ?? 'Running'],
  ]);
  for (const [key, value] of valuesOf(spec.arguments.parameters)) globals.set(`workflow.parameters.${key}`, value);
  for (const [key, value] of Object.entries(labels ?? {})) globals.set(`workflow.labels.${key}`, value);
  for (const [key, value] of Object.entries(annotations ?? {})) globals.set(`workflow.annotations.${key}`, value);
  for (const [key, value] of valuesOf(status.outputs?.parameters)) globals.set(`workflow.outputs.parameters.${key}`, value);
  return globals;
}
