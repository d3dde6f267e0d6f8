import type { FieldFault } from '@flow/core/fault';
import { releaseKinds } from '../cluster/index.ts';
import { isObject, listAt, objectAt, textAt, valueAt, type JsonObject } from '../json/index.ts';
import { parseUntrustedYaml } from '../yaml/index.ts';

/** The group that each kind of a release must be of. */
const groupOfKind: ReadonlyMap<string, string> = new Map(releaseKinds.map(({ kind, group }) => [kind, group]));

export interface ManifestRules {
  /** The only namespace that objects may be in. */
  namespace: string;
  /** Kinds that may be there; without it all of `releaseKinds`. */
  allowedKinds?: readonly string[];
  /** The image of the deployment: `repository@digest`. Every container must run exactly this one. */
  image: string;
  /** `flow.dev/…` labels with the values that they must have. */
  labels: Readonly<Record<string, string>>;
  /** Hosts that an analysis may ask; without it any. */
  analysisHosts?: readonly string[];
}

const deploymentMark = 'flow.dev/deployment';
const maxManifestBytes = 4 * 1024 * 1024;

/** Everything in a rendered manifest that a tenant may not create, each with the object and the path in it; empty when all is well. */
export function checkManifest(manifestYaml: string, rules: ManifestRules): FieldFault[] {
  const parsed = parseUntrustedYaml(manifestYaml, maxManifestBytes);
  if (!parsed.ok) return [...parsed.faults];
  const objects = parsed.documents.filter(isObject);
  if (objects.length !== parsed.documents.length) return [{ path: '', message: 'The manifest holds something that is not an object' }];
  const accounts = new Set(
    objects.filter((object) => textAt(object, 'kind') === 'ServiceAccount').map((object) => textAt(object, 'metadata', 'name')),
  );
  const faults = objects.flatMap((object) => checkObject({ object, name: nameOf(object), rules, accounts }));
  return objects.length === 0 ? [{ path: '', message: 'The manifest is empty: the chart renders no object' }] : faults;
}

interface Checked {
  object: JsonObject;
  name: string;
  rules: ManifestRules;
  /** ServiceAccounts of this manifest. */
  accounts: ReadonlySet<string>;
}

function nameOf(object: JsonObject): string {
  return `${textAt(object, 'kind') || 'object'}/${textAt(object, 'metadata', 'name') || '?'}`;
}

function checkObject(checked: Checked): FieldFault[] {
  const wrongKind = checkKind(checked);
  if (wrongKind !== null) return [wrongKind];
  const faults: FieldFault[] = [];
  const namespace = textAt(checked.object, 'metadata', 'namespace');
  if (namespace !== '' && namespace !== checked.rules.namespace) {
    faults.push({
      path: `${checked.name}.metadata.namespace`,
      message: `is in namespace ${namespace}, but the target is ${checked.rules.namespace}`,
    });
  }
  faults.push(...checkLabels(checked), ...checkService(checked), ...checkAnalysis(checked));
  // What a ConfigMap holds is text for the program, never a pod.
  if (textAt(checked.object, 'kind') !== 'ConfigMap')
    walk(checked.object, checked.name, (value, path, key) => faults.push(...checkField(checked, { value, path, key })));
  return faults;
}

function checkKind({ object, name, rules }: Checked): FieldFault | null {
  const kind = textAt(object, 'kind');
  const version = textAt(object, 'apiVersion');
  const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
  const isListed = groupOfKind.has(kind) && (rules.allowedKinds === undefined || rules.allowedKinds.includes(kind));
  if (isListed && groupOfKind.get(kind) === group) return null;
  const allowed = rules.allowedKinds ?? [...groupOfKind.keys()];
  return {
    path: name,
    message: `${version || 'no version'} ${kind || 'no kind'} must not be created here; allowed are ${allowed.join(', ')}`,
  };
}

/** The Rollout and its pods carry every mark, so that they are found; no other object may carry a wrong one. */
function checkLabels({ object, name, rules }: Checked): FieldFault[] {
  const isRollout = textAt(object, 'kind') === 'Rollout';
  const faults = compareLabels(objectAt(object, 'metadata', 'labels'), { path: `${name}.metadata.labels`, rules, needed: isRollout });
  if (!isRollout) return faults;
  const template = objectAt(object, 'spec', 'template', 'metadata');
  const { [deploymentMark]: deployment, ...lasting } = rules.labels;
  faults.push(
    ...compareLabels(objectAt(template, 'labels'), {
      path: `${name}.spec.template.metadata.labels`,
      rules: { ...rules, labels: lasting },
      needed: true,
    }),
  );
  const marked = textAt(template, 'annotations', deploymentMark) || textAt(template, 'labels', deploymentMark);
  if (deployment !== undefined && marked !== deployment) {
    faults.push({
      path: `${name}.spec.template.metadata.annotations.${deploymentMark}`,
      message: `must be ${deployment}, so that this deployment is a revision of its own`,
    });
  }
  return faults;
}

function compareLabels(labels: JsonObject, expected: { path: string; rules: ManifestRules; needed: boolean }): FieldFault[] {
  return Object.entries(expected.rules.labels).flatMap(([label, value]) => {
    const found = textAt(labels, label);
    if (found === value || (found === '' && !expected.needed)) return [];
    return [
      { path: `${expected.path}.${label}`, message: found === '' ? `is missing: set it to ${value}` : `is ${found}, but must be ${value}` },
    ];
  });
}

function checkService({ object, name }: Checked): FieldFault[] {
  if (textAt(object, 'kind') !== 'Service') return [];
  const faults: FieldFault[] = [];
  if (textAt(object, 'spec', 'type') === 'ExternalName')
    faults.push({ path: `${name}.spec.type`, message: 'ExternalName must not be used: it leads out of the namespace' });
  if (listAt(object, 'spec', 'externalIPs').length > 0)
    faults.push({ path: `${name}.spec.externalIPs`, message: 'must not be used: it takes traffic of others' });
  return faults;
}

function checkAnalysis({ object, name, rules }: Checked): FieldFault[] {
  if (textAt(object, 'kind') !== 'AnalysisTemplate' || rules.analysisHosts === undefined) return [];
  const hosts = rules.analysisHosts;
  return listAt(object, 'spec', 'metrics').flatMap((metric, index) => {
    const address = textAt(metric, 'provider', 'web', 'url') || textAt(metric, 'provider', 'prometheus', 'address');
    const host = URL.canParse(address) ? new URL(address).host : '';
    if (address === '' || hosts.includes(host)) return [];
    return [
      {
        path: `${name}.spec.metrics.${index}`,
        message: `asks ${host || address}, but an analysis may ask ${hosts.join(', ') || 'no host'} only`,
      },
    ];
  });
}

interface Field {
  value: unknown;
  path: string;
  key: string;
}

const forbiddenWhenTrue = new Set(['hostNetwork', 'hostPID', 'hostIPC', 'privileged', 'allowPrivilegeEscalation']);
const forbidden = new Set(['hostPath', 'hostPort', 'ephemeralContainers', 'procMount', 'sysctls']);
const harmlessCapabilities = new Set(['NET_BIND_SERVICE']);

/** Looks at a field wherever it stands, since pod specs are found in many places (templates, jobs of an analysis, experiments). */
function checkField(checked: Checked, field: Field): FieldFault[] {
  const { key, value, path } = field;
  const fault = (message: string): FieldFault[] => [{ path, message }];
  if (forbiddenWhenTrue.has(key) && value !== false) return fault('must not be switched on: it gives rights on the machine of the cluster');
  if (forbidden.has(key) && value !== 0) return fault('must not be used: it reaches the machine of the cluster');
  if (key === 'add' && path.endsWith('.capabilities.add')) return checkCapabilities(field);
  if (key === 'serviceAccountName' || key === 'serviceAccount') return checkAccount(checked, field);
  return key === 'containers' || key === 'initContainers' ? checkImages(checked.rules, field) : [];
}

function checkCapabilities(field: Field): FieldFault[] {
  const added = listAt(field.value).filter((capability) => typeof capability !== 'string' || !harmlessCapabilities.has(capability));
  return added.length === 0 ? [] : [{ path: field.path, message: `must not add ${added.map(String).join(', ')}` }];
}

function checkAccount(checked: Checked, field: Field): FieldFault[] {
  if (typeof field.value !== 'string' || field.value === 'default' || checked.accounts.has(field.value)) return [];
  return [{ path: field.path, message: `is ${field.value}, which this release does not create: use default or an account of its own` }];
}

function checkImages(rules: ManifestRules, field: Field): FieldFault[] {
  return listAt(field.value).flatMap((container, index) => {
    const image = textAt(container, 'image');
    if (image === rules.image) return [];
    const why = /@sha256:[0-9a-f]{64}$/.test(image)
      ? `must be the image of this deployment, ${rules.image}`
      : `must be given by digest, as ${rules.image}`;
    return [
      { path: `${field.path}.${index}.image`, message: `is ${valueAt(container, 'image') === undefined ? 'missing' : image}: ${why}` },
    ];
  });
}

function walk(value: unknown, path: string, visit: (value: unknown, path: string, key: string) => void): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${path}.${index}`, visit);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    visit(inner, `${path}.${key}`, key);
    walk(inner, `${path}.${key}`, visit);
  }
}
