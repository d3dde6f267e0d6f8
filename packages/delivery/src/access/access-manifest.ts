import type { ClusterPurpose } from '@flow/core/cluster';
import { stringify } from 'yaml';
import { executorRoleName, grantsFor, type Grant } from './rights.ts';

/** Where Flow's account lives in a cluster, unless an operator makes another one. */
export const flowAccount = { namespace: 'flow-system', name: 'flow' } as const;

/** The Secret into which Kubernetes writes a token of the account that does not run out. */
export const flowTokenSecret = { namespace: flowAccount.namespace, name: 'flow-token' } as const;

const rbac = 'rbac.authorization.k8s.io';
const roleName = 'flow';

export interface PolicyRule {
  apiGroups: readonly string[];
  resources: readonly string[];
  resourceNames?: readonly string[];
  verbs: readonly string[];
}

/** An object of the manifest. */
export interface AccessObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; annotations?: Readonly<Record<string, string>> };
  [more: string]: unknown;
}

/** The rule of a role that gives a grant. */
export function ruleOf(grant: Grant): PolicyRule {
  return {
    apiGroups: [grant.kind.group],
    resources: [grant.resource],
    ...(grant.name === undefined ? {} : { resourceNames: [grant.name] }),
    verbs: grant.verbs,
  };
}

/** Flow's account with exactly the rights that it uses for these purposes, and the role of the executors where pipelines run. */
export function accessObjects(purposes: readonly ClusterPurpose[]): AccessObject[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: flowAccount.namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...flowAccount } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...flowTokenSecret, annotations: { 'kubernetes.io/service-account.name': flowAccount.name } },
      type: 'kubernetes.io/service-account-token',
    },
    { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name: roleName }, rules: grantsFor(purposes).map(ruleOf) },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: roleName },
      roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: roleName },
      subjects: [{ kind: 'ServiceAccount', ...flowAccount }],
    },
    ...(purposes.includes('pipelines') ? [executorRole] : []),
  ];
}

/** What Argo's executor needs of a cluster, as its documentation asks for it. */
export const executorRole: AccessObject = {
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRole',
  metadata: { name: executorRoleName },
  rules: [{ apiGroups: ['argoproj.io'], resources: ['workflowtaskresults'], verbs: ['create', 'patch'] }],
};

/** The same objects as a file for `kubectl apply -f`, with the reason above each rule. */
export function accessManifest(purposes: readonly ClusterPurpose[]): string {
  const head = [
    `# What Flow may do in a cluster that is for ${purposes.join(' and ')}: exactly what it does, and nothing else.`,
    '#   kubectl apply -f flow-access.yaml',
    `#   kubectl --namespace ${flowTokenSecret.namespace} get secret ${flowTokenSecret.name} --output jsonpath='{.data.token}' | base64 --decode`,
    '',
  ].join('\n');
  return [head, ...accessObjects(purposes).map((object) => textOf(object, purposes))].join('---\n');
}

function textOf(object: AccessObject, purposes: readonly ClusterPurpose[]): string {
  if (object.kind !== 'ClusterRole' || object.metadata.name !== roleName) return stringify(object);
  const { rules: _rules, ...rest } = object;
  const rules = grantsFor(purposes).map((grant) => `  # ${grant.whys.join('; ')}\n${indented(stringify([ruleOf(grant)], flow))}`);
  return `${stringify(rest)}rules:\n${rules.join('')}`;
}

const flow = { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: false } as const;

/** One list item in flow style, as an item of a block list. */
function indented(text: string): string {
  return `  - ${text.trim().replace(/^\[/, '').replace(/\]$/, '')}\n`;
}
