import { expect, test } from 'vitest';
import type { Answer, ClusterClient, KubeObject } from '../cluster/index.ts';
import { textAt } from '../json/index.ts';
import { ensurePipelineNamespace } from './pipeline-namespace.ts';

const refused = (status: 409 | 404): Answer<KubeObject> => {
  const told = { reason: '', message: 'it is not there', detail: 'words of the cluster', fields: [] };
  return { ok: false, status, ...told };
};

/** A cluster that notes what is made in it, and answers with a refusal for one kind. */
function noting(answers: (kind: string) => Answer<KubeObject> | null) {
  const made: unknown[] = [];
  const create: ClusterClient['create'] = (_target, object) => {
    made.push(object);
    return Promise.resolve(
      answers(textAt(object, 'kind')) ?? { ok: true, value: { metadata: { name: '', uid: '', resourceVersion: '' } } },
    );
  };
  return { made, client: { create } };
}

test('a namespace of pipelines lets the pods of its own account report, and no others', async () => {
  const { made, client } = noting(() => null);
  await ensurePipelineNamespace(client, 'flow-runs-t1');
  expect(made).toMatchObject([
    { kind: 'Namespace', metadata: { name: 'flow-runs-t1', labels: { 'flow.dev/managed': 'true' } } },
    { kind: 'ServiceAccount', metadata: { name: 'flow-workflow-executor' } },
    {
      kind: 'RoleBinding',
      roleRef: { kind: 'ClusterRole', name: 'flow-workflow-executor' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'flow-runs-t1', name: 'flow-workflow-executor' }],
    },
  ]);
});

test('what is there already is as good', async () => {
  const { client } = noting(() => refused(409));
  await expect(ensurePipelineNamespace(client, 'flow-runs-t1')).resolves.toBeUndefined();
});

test.each(['Namespace', 'ServiceAccount', 'RoleBinding'])(
  'a %s that cannot be made is told, without the words of the cluster',
  async (kind) => {
    const { client } = noting((asked) => (asked === kind ? refused(404) : null));
    const error = await ensurePipelineNamespace(client, 'flow-runs-t1').catch((fault: unknown) => String(fault));
    expect(error).toContain('flow-runs-t1 cannot be made');
    expect(error).not.toContain('words of the cluster');
  },
);
