import { isDeepStrictEqual } from 'node:util';
import { forbidden, invalid, notFound } from '../../store/api-error.ts';
import type { FieldError } from '../../store/field-error.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Resource, Store } from '../../store/store.ts';
import { objectAt, textAt, valueAt, type JsonObject } from '../wire/json-object.ts';
import { applyDefaults } from './defaults.ts';
import { metadataErrors } from './names.ts';
import { schemaErrors } from './schemas.ts';

/** Refuses constructs of a kind that the sandbox does not run, each named with its field. */
export type Refusal = (object: KubeObject) => readonly FieldError[];

/** What every written object passes through before it is stored. */
export interface Admission {
  /** Fills in defaults and checks the object. Throws `ApiError`; nothing is stored then. */
  admit(resource: Resource, object: JsonObject, before: KubeObject | undefined): void;
}

/** Kinds that a client may read only: they describe the sandbox itself. */
const READ_ONLY = new Set(['CustomResourceDefinition', 'Node']);

/** Kinds that are served so that they can be listed, and that nothing would act on. */
const NOT_RUN: Readonly<Record<string, string>> = {
  CronWorkflow: 'the sandbox does not run CronWorkflows; create a Workflow when it is due instead',
};

/** Fields that may not change once they are set. */
const IMMUTABLE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  Deployment: [['spec', 'selector']],
  ReplicaSet: [['spec', 'selector']],
  Rollout: [['spec', 'selector']],
  Job: [
    ['spec', 'template'],
    ['spec', 'selector'],
    ['spec', 'completions'],
  ],
  RoleBinding: [['roleRef']],
  ClusterRoleBinding: [['roleRef']],
  Secret: [['type']],
};

/** The checks of one API server. `refusals` are by kind. */
export function createAdmission(store: Store, refusals: Readonly<Record<string, Refusal>>): Admission {
  return {
    admit: (resource, object, before) => {
      refuseWholeKind(resource);
      requireNamespace(store, { resource, object, before });
      applyDefaults(resource, object);
      const name = textAt(object, 'metadata', 'name') || textAt(object, 'metadata', 'generateName');
      const errors = [
        ...metadataErrors(resource, object),
        ...schemaErrors(resource.kind, object),
        ...immutableErrors(resource.kind, object, before),
        ...immutableDataErrors(object, before),
        ...dataKeyErrors(resource.kind, object),
      ];
      if (errors.length > 0) throw invalid(resource, name, errors);
      const refused = refusedErrors(refusals[resource.kind], object);
      if (refused.length > 0) throw invalid(resource, name, refused);
    },
  };
}

function refuseWholeKind(resource: Resource): void {
  if (READ_ONLY.has(resource.kind)) throw forbidden(`${resource.plural} of a sandbox cluster are fixed and cannot be written`);
  const notRun = NOT_RUN[resource.kind];
  if (notRun !== undefined) throw forbidden(`${resource.kind} is refused: ${notRun}`);
}

function requireNamespace(store: Store, write: { resource: Resource; object: JsonObject; before: KubeObject | undefined }): void {
  if (!write.resource.namespaced || write.before !== undefined) return;
  const name = textAt(write.object, 'metadata', 'namespace');
  const namespace = store.get('namespaces', { name });
  if (namespace === undefined) throw notFound({ plural: 'namespaces', group: '' }, name);
  if (namespace.metadata.deletionTimestamp !== undefined) {
    throw forbidden(`unable to create new content in namespace ${name} because it is being terminated`);
  }
}

function immutableErrors(kind: string, object: JsonObject, before: KubeObject | undefined): FieldError[] {
  if (before === undefined) return [];
  return (IMMUTABLE[kind] ?? []).flatMap((path) => {
    const old = valueAt(before, ...path);
    if (old === undefined || isDeepStrictEqual(old, valueAt(object, ...path))) return [];
    return [{ field: path.join('.'), message: 'Invalid value: field is immutable' }];
  });
}

/** ConfigMaps and Secrets that declare themselves immutable. */
function immutableDataErrors(object: JsonObject, before: KubeObject | undefined): FieldError[] {
  if (before?.['immutable'] !== true) return [];
  return ['data', 'binaryData', 'immutable'].flatMap((field) =>
    isDeepStrictEqual(before[field], object[field])
      ? []
      : [{ field, message: 'Forbidden: field is immutable when `immutable` is set', reason: 'FieldValueForbidden' as const }],
  );
}

const DATA_KEY = /^[-._a-zA-Z0-9]+$/;

/** The keys of a ConfigMap or a Secret become names of files and variables. */
function dataKeyErrors(kind: string, object: JsonObject): FieldError[] {
  if (kind !== 'ConfigMap' && kind !== 'Secret') return [];
  return ['data', 'binaryData'].flatMap((field) =>
    Object.keys(objectAt(object, field))
      .filter((key) => !DATA_KEY.test(key))
      .map((key) => ({
        field: `${field}[${key}]`,
        message: `Invalid value: ${JSON.stringify(key)}: a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      })),
  );
}

function refusedErrors(refusal: Refusal | undefined, object: JsonObject): readonly FieldError[] {
  return refusal === undefined ? [] : refusal(toKubeObject(object));
}

/** The schema check has passed, so that only the metadata that the server fills in can be missing. */
function toKubeObject(object: JsonObject): KubeObject {
  const metadata = valueAt(object, 'metadata');
  return {
    ...object,
    apiVersion: textAt(object, 'apiVersion'),
    kind: textAt(object, 'kind'),
    metadata: {
      name: '',
      uid: '',
      resourceVersion: '',
      generation: 0,
      creationTimestamp: '',
      ...(typeof metadata === 'object' ? metadata : {}),
    },
  };
}
