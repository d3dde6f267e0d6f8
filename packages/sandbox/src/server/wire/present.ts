import type { KubeObject } from '../../store/object.ts';
import type { Resource } from '../../store/store.ts';
import type { AnswerForm } from './accept.ts';
import { columnsOf } from './columns.ts';
import type { JsonObject } from './json-object.ts';

/** What surrounds the objects of a list. */
export interface ListMetadata {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}

/** Which objects a table carries in each row: `includeObject` of the request. */
export type IncludedObject = 'None' | 'Metadata' | 'Object';

/** Turns stored objects into the answers that a client asked for. */
export interface Presenter {
  object(object: KubeObject): JsonObject;
  list(objects: readonly KubeObject[], metadata: ListMetadata): JsonObject;
}

/** A presenter for one request. */
export function createPresenter(resource: Resource, options: { form: AnswerForm; include: IncludedObject; now: Date }): Presenter {
  switch (options.form) {
    case 'object':
      return {
        object: (object) => object,
        list: (items, metadata) => ({ kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items }),
      };
    case 'metadata':
      return {
        object: metadataOnly,
        list: (objects, metadata) => ({
          kind: 'PartialObjectMetadataList',
          apiVersion: 'meta.k8s.io/v1',
          metadata,
          items: objects.map(metadataOnly),
        }),
      };
    case 'table':
      return {
        object: (object) => table(resource, [object], { ...options, metadata: { resourceVersion: object.metadata.resourceVersion } }),
        list: (objects, metadata) => table(resource, objects, { ...options, metadata }),
      };
  }
}

/** `v1` for the core group, else `group/version`. */
export function apiVersionOf(resource: Pick<Resource, 'group' | 'version'>): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

function metadataOnly(object: KubeObject): JsonObject {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata };
}

function table(
  resource: Resource,
  objects: readonly KubeObject[],
  options: { include: IncludedObject; now: Date; metadata: ListMetadata },
): JsonObject {
  const columns = columnsOf(resource.kind);
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.metadata,
    columnDefinitions: columns.map(({ name, type, priority }) => ({
      name,
      type,
      format: name === 'Name' ? 'name' : '',
      description: name,
      priority: priority ?? 0,
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, options.now)),
      ...includedObject(object, options.include),
    })),
  };
}

function includedObject(object: KubeObject, include: IncludedObject): JsonObject {
  if (include === 'None') return {};
  return { object: include === 'Object' ? object : metadataOnly(object) };
}
