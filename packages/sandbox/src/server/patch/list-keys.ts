import type { Resource } from '../../store/store.ts';

/** How the items of a list are told apart when two versions of it are merged. */
export type ListKind = { type: 'map'; keys: readonly string[] } | { type: 'set' } | { type: 'atomic' };

const ATOMIC: ListKind = { type: 'atomic' };
const SET: ListKind = { type: 'set' };
const byName: ListKind = { type: 'map', keys: ['name'] };
const byType: ListKind = { type: 'map', keys: ['type'] };

/** Lists of every kind, since their metadata is the same. */
const METADATA_LISTS: Readonly<Record<string, ListKind>> = {
  'metadata.ownerReferences': { type: 'map', keys: ['uid'] },
  'metadata.finalizers': SET,
};

/** Lists of the built-in kinds that merge, by the name of the field and the field that holds it (`patchMergeKey` and `listMapKey` in k8s.io/api). */
const BUILT_IN_LISTS: Readonly<Record<string, ListKind>> = {
  containers: byName,
  initContainers: byName,
  ephemeralContainers: byName,
  env: byName,
  volumes: byName,
  imagePullSecrets: byName,
  volumeMounts: { type: 'map', keys: ['mountPath'] },
  volumeDevices: { type: 'map', keys: ['devicePath'] },
  hostAliases: { type: 'map', keys: ['ip'] },
  topologySpreadConstraints: { type: 'map', keys: ['topologyKey', 'whenUnsatisfiable'] },
  conditions: byType,
  'containers.ports': { type: 'map', keys: ['containerPort', 'protocol'] },
  'initContainers.ports': { type: 'map', keys: ['containerPort', 'protocol'] },
  'spec.ports': { type: 'map', keys: ['port', 'protocol'] },
  secrets: byName,
};

/** Objects that one writer owns as a whole (`x-kubernetes-map-type: atomic`). */
const ATOMIC_OBJECTS = new Set([
  'selector',
  'nodeSelector',
  'podSelector',
  'namespaceSelector',
  'labelSelector',
  'configMapKeyRef',
  'secretKeyRef',
  'fieldRef',
  'resourceFieldRef',
]);

/** Values that stand in for an absent key field. */
export const KEY_DEFAULTS: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

/** The engine's custom resources declare no list types in their schemas: their lists are replaced as a whole. */
export function isBuiltIn(resource: Pick<Resource, 'group'>): boolean {
  return resource.group !== 'argoproj.io';
}

/** How the list at the path (names of fields, without list positions) is merged. */
export function listKindAt(resource: Pick<Resource, 'group'>, path: readonly string[]): ListKind {
  const metadataList = METADATA_LISTS[path.join('.')];
  if (metadataList !== undefined) return metadataList;
  if (!isBuiltIn(resource)) return ATOMIC;
  const field = path.at(-1) ?? '';
  return BUILT_IN_LISTS[`${path.at(-2) ?? ''}.${field}`] ?? BUILT_IN_LISTS[field] ?? ATOMIC;
}

/** True when the object at the path has one owner as a whole. */
export function isAtomicObject(resource: Pick<Resource, 'group'>, path: readonly string[]): boolean {
  return isBuiltIn(resource) && ATOMIC_OBJECTS.has(path.at(-1) ?? '');
}
