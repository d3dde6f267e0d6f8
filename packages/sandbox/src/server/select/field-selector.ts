import { badRequest } from '../../store/api-error.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Resource } from '../../store/store.ts';
import { textAt } from '../wire/json-object.ts';

/** True for an object that is selected. */
export type FieldTest = (object: KubeObject) => boolean;

/** Fields beyond name and namespace, as Kubernetes itself supports them. Custom resources have none. */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  Pod: ['status.phase', 'spec.nodeName', 'spec.restartPolicy', 'spec.serviceAccountName', 'status.podIP', 'spec.schedulerName'],
  Event: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Secret: ['type'],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
  Job: ['status.successful'],
  ReplicaSet: ['status.replicas'],
};

/** Reads `metadata.name=a,status.phase!=b`. Throws 400 for a field that the kind cannot be selected by. */
export function parseFieldSelector(resource: Resource, selector: string | null): FieldTest {
  if (selector === null || selector.trim() === '') return () => true;
  const tests = selector.split(',').map((term) => parseTerm(resource, term.trim()));
  return (object) => tests.every((test) => test(object));
}

/** The one name that the selector allows, when it names one: such a list is a lookup. */
export function selectedName(selector: string | null): string | undefined {
  return /(?:^|,)metadata\.name==?([^,=!]+)(?:,|$)/.exec(selector ?? '')?.[1];
}

function parseTerm(resource: Resource, term: string): FieldTest {
  const [, field = '', operator = '', value = ''] = /^([^=!]+)(==|=|!=)(.*)$/.exec(term) ?? [];
  if (operator === '') throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const selectable = ['metadata.name', 'metadata.namespace', ...(SELECTABLE[resource.kind] ?? [])];
  if (!selectable.includes(field)) throw badRequest(`field label not supported: ${field}`);
  const path = field.split('.');
  const wanted = operator !== '!=';
  return (object) => (textAt(object, ...path) === value) === wanted;
}
