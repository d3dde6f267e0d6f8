import type { KubeObject } from '../../store/index.ts';
import type { WorkflowSpec } from '../spec/schema.ts';
import { valuesOf } from '../spec/resolve.ts';
import type { WorkflowStatus } from '../status/status.ts';

/** What a workflow is, and when it is looked at. */
export interface Looked {
  workflow: KubeObject;
  spec: WorkflowSpec;
  status: WorkflowStatus;
  now: Date;
}

/** What `{{workflow.…}}` stands for in every template of the workflow. */
export function globalsOf({ workflow, spec, status, now }: Looked): Map<string, string> {
  const { labels = {}, annotations = {} } = workflow.metadata;
  const { phase = 'Running', outputs } = status;
  const { entrypoint = '', serviceAccountName = '' } = spec;
  const { parameters: given = [] } = spec.arguments;
  const parameters = JSON.stringify(given);
  const globals = new Map([
    ...identityOf(workflow),
    ['workflow.mainEntrypoint', entrypoint],
    ['workflow.serviceAccountName', serviceAccountName],
    ['workflow.parameters', parameters],
    ['workflow.parameters.json', parameters],
    ['workflow.labels', JSON.stringify(labels)],
    ['workflow.annotations', JSON.stringify(annotations)],
    ['workflow.status', phase],
    ['workflow.duration', durationOf(status, now)],
  ]);
  for (const [key, value] of valuesOf(given)) globals.set(`workflow.parameters.${key}`, value);
  for (const [key, value] of valuesOf(outputs?.parameters)) globals.set(`workflow.outputs.parameters.${key}`, value);
  for (const [kind, values] of Object.entries({ labels, annotations })) {
    for (const [key, value] of Object.entries(values)) globals.set(`workflow.${kind}.${key}`, value);
  }
  return globals;
}

function identityOf(workflow: KubeObject): [string, string][] {
  const { name, namespace = '', uid, creationTimestamp } = workflow.metadata;
  return [
    ['workflow.name', name],
    ['workflow.namespace', namespace],
    ['workflow.uid', uid],
    ['workflow.creationTimestamp', creationTimestamp],
    ['workflow.creationTimestamp.RFC3339', creationTimestamp],
    ['workflow.creationTimestamp.s', String(Math.floor(Date.parse(creationTimestamp) / 1000))],
  ];
}

/** Seconds since the start of the workflow, with six digits behind the point as Go writes them. */
function durationOf({ startedAt }: WorkflowStatus, now: Date): string {
  const seconds = typeof startedAt === 'string' ? (now.getTime() - Date.parse(startedAt)) / 1000 : 0;
  return Math.max(0, seconds).toFixed(6);
}
