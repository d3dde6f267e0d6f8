import type { FieldError } from '../../store/field-error.ts';
import type { Resource } from '../../store/store.ts';
import { isJsonObject, objectAt, textAt, valueAt, type JsonObject } from '../wire/json-object.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SERVICE_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character";
const LABEL_RULE =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character";
const SERVICE_RULE =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character";

/** What is wrong with the name, the labels and the annotations, by the rules of Kubernetes. */
export function metadataErrors(resource: Resource, object: JsonObject): FieldError[] {
  return [
    ...nameErrors(resource, textAt(object, 'metadata', 'name')),
    ...labelErrors(valueAt(object, 'metadata', 'labels')),
    ...annotationErrors(object),
  ];
}

function nameErrors(resource: Resource, name: string): FieldError[] {
  if (name === '') return [];
  const rule = nameRule(resource);
  if (name.length > rule.maxLength)
    return [{ field: 'metadata.name', message: `Invalid value: "${name}": must be no more than ${rule.maxLength} characters` }];
  return rule.pattern.test(name) ? [] : [{ field: 'metadata.name', message: `Invalid value: "${name}": ${rule.words}` }];
}

function nameRule(resource: Resource): { pattern: RegExp; maxLength: number; words: string } {
  if (resource.kind === 'Service') return { pattern: SERVICE_LABEL, maxLength: 63, words: SERVICE_RULE };
  if (resource.kind === 'Namespace') return { pattern: LABEL, maxLength: 63, words: LABEL_RULE };
  // Names in RBAC may hold any path segment, colons too.
  if (resource.group === 'rbac.authorization.k8s.io') return { pattern: /^[^/%]+$/, maxLength: 253, words: "may not contain '/' or '%'" };
  return { pattern: SUBDOMAIN, maxLength: 253, words: SUBDOMAIN_RULE };
}

function labelErrors(labels: unknown): FieldError[] {
  if (!isJsonObject(labels)) return [];
  return Object.entries(labels).flatMap(([key, value]) => {
    const problems = keyErrors('metadata.labels', key);
    if (typeof value !== 'string') return [...problems, { field: `metadata.labels.${key}`, message: 'Invalid value: must be a string' }];
    if (value.length > 63)
      return [...problems, { field: 'metadata.labels', message: `Invalid value: "${value}": must be no more than 63 characters` }];
    if (!LABEL_VALUE.test(value)) {
      const rule =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
      return [...problems, { field: 'metadata.labels', message: `Invalid value: "${value}": ${rule}` }];
    }
    return problems;
  });
}

function annotationErrors(object: JsonObject): FieldError[] {
  return Object.entries(objectAt(object, 'metadata', 'annotations')).flatMap(([key, value]) => {
    const problems = keyErrors('metadata.annotations', key.toLowerCase());
    return typeof value === 'string'
      ? problems
      : [...problems, { field: `metadata.annotations.${key}`, message: 'Invalid value: must be a string' }];
  });
}

function keyErrors(field: string, key: string): FieldError[] {
  const slash = key.lastIndexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (prefix !== undefined && (prefix.length > 253 || !SUBDOMAIN.test(prefix)))
    return [{ field, message: `Invalid value: "${key}": prefix part ${SUBDOMAIN_RULE}` }];
  if (name.length > 63 || !QUALIFIED_NAME.test(name)) {
    return [
      { field, message: `Invalid value: "${key}": name part must consist of alphanumeric characters, '-', '_' or '.', at most 63 of them` },
    ];
  }
  return [];
}
