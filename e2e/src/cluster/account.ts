import { randomBytes } from 'node:crypto';
import { kinds, type ClusterClient, type ResourceKind } from '@flow/delivery/cluster';
import type { PolicyRule } from '@flow/delivery/access';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { textAt } from '@flow/delivery/json';
import { eventually } from '../contract/eventually.ts';

const rbac = 'rbac.authorization.k8s.io';
const bindings: ResourceKind = { group: rbac, version: 'v1', plural: 'clusterrolebindings', kind: 'ClusterRoleBinding' };

/** An account of a test, in a namespace of its own, with rights that the test changes. */
export interface TestAccount extends AsyncDisposable {
  namespace: string;
  connection: ClusterConnection;
  /** From then on it has these rights and no others. */
  grant(rules: readonly PolicyRule[]): Promise<void>;
}

/** Makes an account with these rights in all namespaces. All of it goes when it is disposed. */
export async function makeAccount(admin: ClusterClient, base: ClusterConnection, rules: readonly PolicyRule[]): Promise<TestAccount> {
  const name = `access-${randomBytes(4).toString('hex')}`;
  const account = { namespace: name, name: 'flow' };
  await apply(admin, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, kinds.namespaces);
  await apply(admin, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account }, kinds.serviceAccounts);
  const token = { name: 'token', namespace: name, annotations: { 'kubernetes.io/service-account.name': account.name } };
  const type = 'kubernetes.io/service-account-token';
  await apply(admin, { apiVersion: 'v1', kind: 'Secret', type, metadata: token }, kinds.secrets);
  const grant = (next: readonly PolicyRule[]): Promise<void> =>
    apply(admin, { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules: next }, kinds.clusterRoles);
  await grant(rules);
  const roleRef = { apiGroup: rbac, kind: 'ClusterRole', name };
  const subjects = [{ kind: 'ServiceAccount', ...account }];
  await apply(admin, { apiVersion: `${rbac}/v1`, kind: 'ClusterRoleBinding', metadata: { name }, roleRef, subjects }, bindings);
  const filled = await eventually('the token of the account', async () => {
    const secret = await admin.get({ kind: kinds.secrets, namespace: name, name: 'token' });
    const text = secret.ok ? textAt(secret.value, 'data', 'token') : '';
    return text !== '' && text;
  });
  return {
    namespace: name,
    connection: { ...base, credential: { kind: 'token', token: Buffer.from(filled, 'base64').toString('utf8') } },
    grant,
    async [Symbol.asyncDispose]() {
      await admin.delete({ kind: bindings, name });
      await admin.delete({ kind: kinds.clusterRoles, name });
      await admin.delete({ kind: kinds.namespaces, name });
    },
  };
}

interface Applied {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  [more: string]: unknown;
}

async function apply(admin: ClusterClient, object: Applied, kind: ResourceKind): Promise<void> {
  const { name, namespace } = object.metadata;
  const ref = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
  const answer = await admin.patch(ref, { type: 'apply', body: object, fieldManager: 'flow-test', force: true });
  if (!answer.ok) throw new Error(`${object.kind} ${object.metadata.name} was not accepted: ${answer.detail}`);
}
