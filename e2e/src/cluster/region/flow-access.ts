import { kinds, type ClusterClient } from '@flow/delivery/cluster';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { z } from 'zod';
import { eventually } from '../machine/eventually.ts';
import { authorityOf, serverOf } from './credentials.ts';
import type { Region } from '../regions.ts';
import type { Manifest } from './objects.ts';
import { ClusterRefused } from '../refused.ts';

/** The account as which Flow comes. */
export const flowAccount = { namespace: 'flow-system', name: 'flow' } as const;

const tokenSecret = { namespace: flowAccount.namespace, name: 'flow-token' } as const;
const filledWithinMs = 60_000;
const all = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];

/** What Flow may do: drive the engines, read what runs, and write what a service's chart may hold. Nothing of nodes, roles or other accounts' rights. */
const rules = [
  { apiGroups: ['argoproj.io'], resources: ['workflows', 'rollouts', 'analysistemplates', 'analysisruns', 'experiments'], verbs: all },
  { apiGroups: ['argoproj.io'], resources: ['rollouts/status'], verbs: ['get', 'patch', 'update'] },
  { apiGroups: ['argoproj.io'], resources: ['workflowtaskresults', 'workflowtemplates'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['pods', 'events', 'namespaces', 'persistentvolumeclaims'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
  { apiGroups: [''], resources: ['services', 'serviceaccounts', 'configmaps', 'secrets'], verbs: all },
  { apiGroups: ['apps'], resources: ['replicasets'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['apps'], resources: ['deployments'], verbs: all },
  { apiGroups: ['batch'], resources: ['jobs'], verbs: all },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: all },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: all },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs: all },
] as const;

/** Flow's account with its rights. */
export function flowAccess(): Manifest[] {
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'flow' } as const;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { ...flowAccount } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: role.kind, metadata: { name: role.name }, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: role.name },
      roleRef: role,
      subjects: [{ kind: 'ServiceAccount', ...flowAccount }],
    },
  ];
}

const tokenData = z.looseObject({ data: z.looseObject({ token: z.string().min(1) }) });

/** Asks for a token of Flow's account that stays good, and gives the connection with it. */
export async function flowConnection(region: Region, admin: ClusterClient): Promise<ClusterConnection> {
  const made = await admin.create(
    { kind: kinds.secrets, namespace: tokenSecret.namespace },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'kubernetes.io/service-account-token',
      metadata: { name: tokenSecret.name, annotations: { 'kubernetes.io/service-account.name': flowAccount.name } },
    },
  );
  if (!made.ok && made.reason !== 'AlreadyExists') throw new ClusterRefused(`The token of Flow's account was not made: ${made.detail}`);
  const token = await filledToken(admin);
  return { server: serverOf(region), caPem: authorityOf(region), credential: { kind: 'token', token } };
}

/** The controller of Kubernetes writes the token into the secret a moment later. */
async function filledToken(admin: ClusterClient): Promise<string> {
  let token = '';
  await eventually(async () => {
    const answer = await admin.get({ kind: kinds.secrets, ...tokenSecret });
    const filled = tokenData.safeParse(answer.ok ? answer.value : {});
    if (filled.success) token = Buffer.from(filled.data.data.token, 'base64').toString('utf8');
    return filled.success;
  }, filledWithinMs);
  if (token === '') throw new ClusterRefused(`No token came into the secret ${tokenSecret.name} of ${tokenSecret.namespace}.`);
  return token;
}
