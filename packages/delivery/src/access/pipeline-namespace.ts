import { FlowError } from '@flow/core/fault';
import { kinds, type Answer, type ClusterClient } from '../cluster/index.ts';
import { executorRoleName } from './rights.ts';

const rbac = 'rbac.authorization.k8s.io';

/**
 * Account of the pods of pipelines. The one that Kubernetes makes by itself comes a moment after its namespace, and a pod that is made before it fails.
 */
export const pipelineAccount = executorRoleName;

/** Makes the namespace of a tenant's pipelines with the account of their pods, whose executors may report and nothing else. Safe to repeat. */
export async function ensurePipelineNamespace(client: Pick<ClusterClient, 'create'>, namespace: string): Promise<void> {
  const metadata = { name: namespace, labels: { 'flow.dev/managed': 'true' } };
  const made = await client.create({ kind: kinds.namespaces }, { apiVersion: 'v1', kind: 'Namespace', metadata });
  refuseUnlessThere(made, `The namespace ${namespace}`);
  const name = pipelineAccount;
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } };
  refuseUnlessThere(await client.create({ kind: kinds.serviceAccounts, namespace }, account), `The account of pipelines in ${namespace}`);
  const binding = {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: executorRoleName },
    subjects: [{ kind: 'ServiceAccount', namespace, name }],
  };
  refuseUnlessThere(await client.create({ kind: kinds.roleBindings, namespace }, binding), `The right of the executors in ${namespace}`);
}

/** What is there already is as good. */
function refuseUnlessThere(made: Answer<unknown>, what: string): void {
  if (made.ok || made.status === 409) return;
  throw new FlowError({ code: 'upstream', owner: 'cluster', message: `${what} cannot be made: ${made.message}`, detail: made.detail });
}
