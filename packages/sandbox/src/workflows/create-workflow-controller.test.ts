import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createKubelet, createPodLogs } from '../pods/index.ts';
import { aCluster, phaseOf, readAll, type TestCluster } from '../pods/testing/cluster.ts';
import type { KubeObject } from '../store/index.ts';
import { createWorkflowController } from './create-workflow-controller.ts';
import { nodeId } from './status/ids.ts';
import { readStatus } from './status/packing.ts';
import { aWorkflow } from './testing/play.ts';

const WORKFLOWS = 'workflows.argoproj.io';
const engine = (maxWorkflowBytes?: number, former?: TestCluster): TestCluster =>
  aCluster(
    (ctx) => [createWorkflowController(ctx, maxWorkflowBytes === undefined ? {} : { maxWorkflowBytes }), createKubelet(ctx)],
    former,
  );

const sh = (name: string, source: string, rest: Record<string, unknown> = {}) => ({
  name,
  script: { image: 'i', command: ['sh', '-e'], source },
  ...rest,
});
const isOver = (workflow: KubeObject): boolean => workflow.metadata.labels?.['workflows.argoproj.io/completed'] === 'true';
const isWaitingAt =
  (name: string) =>
  (workflow: KubeObject): boolean =>
    readStatus(workflow).nodes?.[nodeId('wf', name)]?.phase === 'Running';

const pipeline = {
  entrypoint: 'main',
  arguments: { parameters: [{ name: 'who', value: 'ann' }] },
  volumeClaimTemplates: [{ metadata: { name: 'work' }, spec: { accessModes: ['ReadWriteOnce'] } }],
  templates: [
    {
      name: 'main',
      dag: {
        tasks: [
          { name: 'build', template: 'build' },
          { name: 'gate', template: 'gate', dependencies: ['build'] },
          {
            name: 'show',
            template: 'show',
            dependencies: ['gate'],
            arguments: {
              parameters: [
                {
                  name: 'text',
                  value: '{{tasks.build.outputs.parameters.v}} {{tasks.build.outputs.result}} {{tasks.gate.outputs.parameters.by}}',
                },
              ],
            },
          },
        ],
      },
    },
    {
      name: 'build',
      outputs: { parameters: [{ name: 'v', valueFrom: { path: '/tmp/out/v' } }] },
      script: {
        image: 'i',
        command: ['sh', '-e'],
        workingDir: '/workspace',
        volumeMounts: [{ name: 'work', mountPath: '/workspace' }],
        source: 'echo kept > file\necho "{{workflow.parameters.who}}" > /tmp/out/v\necho said',
      },
    },
    { name: 'gate', suspend: {}, outputs: { parameters: [{ name: 'by', valueFrom: { supplied: {} } }] } },
    {
      name: 'show',
      inputs: { parameters: [{ name: 'text' }] },
      container: {
        image: 'i',
        command: ['sh', '-c'],
        args: ['cat /workspace/file; echo "$TEXT"'],
        env: [{ name: 'TEXT', value: '{{inputs.parameters.text}}' }],
        volumeMounts: [{ name: 'work', mountPath: '/workspace' }],
      },
    },
  ],
};

function settle(cluster: TestCluster, name: string): void {
  cluster.store.modify(WORKFLOWS, { namespace: 'demo', name: 'wf' }, (draft) => {
    const status = readStatus(draft);
    const node = status.nodes?.[nodeId('wf', name)];
    if (node === undefined) return false;
    Object.assign(node, {
      phase: 'Succeeded',
      finishedAt: '2026-01-01T00:00:00Z',
      message: 'approved',
      outputs: { parameters: [{ name: 'by', value: 'bob' }] },
    });
    draft['status'] = status;
    return undefined;
  });
}

describe('workflows on the kubelet', () => {
  test('a pipeline with a shared folder, outputs and a gate runs to its end as real processes', async () => {
    await using cluster = engine();
    cluster.store.create(WORKFLOWS, aWorkflow(pipeline));
    const waiting = await cluster.until(WORKFLOWS, 'wf', isWaitingAt('wf.gate'));
    expect(waiting.metadata.labels).toMatchObject({ 'workflows.argoproj.io/phase': 'Running', 'workflows.argoproj.io/completed': 'false' });
    expect(readStatus(waiting).progress).toBe('1/2');
    settle(cluster, 'wf.gate');
    const done = await cluster.until(WORKFLOWS, 'wf', isOver);
    expect(readStatus(done)).toMatchObject({ phase: 'Succeeded', progress: '3/3' });
    const pod = cluster.store.list('pods').find((one) => one.metadata.name.startsWith('wf-show-'));
    if (pod === undefined) throw new Error('no pod');
    expect(JSON.stringify(pod['spec'])).toContain(JSON.stringify({ name: 'ARGO_NODE_ID', value: nodeId('wf', 'wf.show') }));
    const log = await readAll(
      createPodLogs(cluster.ctx.stateDir).open(pod, 'main', { follow: true, timestamps: false }, AbortSignal.timeout(60_000)),
    );
    expect(log.toString()).toBe('kept\nann said bob\n');
    await cluster.until('pods', pod.metadata.name, (one) => one.metadata.labels?.['workflows.argoproj.io/completed'] === 'true');
    await expect.poll(() => existsSync(join(cluster.ctx.stateDir, 'claims/demo/wf-work'))).toBe(false);
  });

  test('a Workflow that another controller looks after is left alone', async () => {
    await using cluster = engine();
    const workflow = (name: string): KubeObject => aWorkflow({ entrypoint: 'main', templates: [sh('main', 'true')] }, name);
    const others = workflow('others');
    const labels = { 'workflows.argoproj.io/controller-instanceid': 'other' };
    cluster.store.create(WORKFLOWS, { ...others, metadata: { ...others.metadata, labels } });
    cluster.store.create(WORKFLOWS, workflow('wf'));
    await cluster.until(WORKFLOWS, 'wf', isOver);
    expect(cluster.store.get(WORKFLOWS, { namespace: 'demo', name: 'others' })?.['status']).toBeUndefined();
  });

  test('the log of a step that fails ends with the word of the executor', async () => {
    await using cluster = engine();
    cluster.store.create(WORKFLOWS, aWorkflow({ entrypoint: 'main', templates: [sh('main', 'echo oh no; exit 3')] }));
    await cluster.until(WORKFLOWS, 'wf', isOver);
    const [pod] = cluster.store.list('pods');
    if (pod === undefined) throw new Error('no pod');
    const logs = createPodLogs(cluster.ctx.stateDir);
    const log = await readAll(logs.open(pod, 'main', { follow: false, timestamps: false }, AbortSignal.timeout(60_000)));
    expect(log.toString()).toBe('oh no\nError: exit status 3\n');
  });

  test('a crash of the sandbox in the middle fails the running step, which its retry strategy runs again', async () => {
    await using cluster = engine();
    cluster.store.create(
      WORKFLOWS,
      aWorkflow({
        entrypoint: 'main',
        templates: [sh('main', 'if [ {{retries}} = 0 ]; then sleep 100; fi; echo {{retries}}', { retryStrategy: { limit: 2 } })],
      }),
    );
    await cluster.until(WORKFLOWS, 'wf', isWaitingAt('wf(0)'));
    const second = engine(undefined, cluster);
    const done = await second.until(WORKFLOWS, 'wf', isOver);
    await second[Symbol.asyncDispose]();
    expect(readStatus(done).phase).toBe('Succeeded');
    expect(readStatus(done).nodes?.[nodeId('wf', 'wf(0)')]).toMatchObject({
      phase: 'Failed',
      message: 'pod deleted: the sandbox was stopped while it ran',
    });
  });

  test('terminate ends the running process, and its pod stays with its log', async () => {
    await using cluster = engine();
    cluster.store.create(WORKFLOWS, aWorkflow({ entrypoint: 'main', templates: [sh('main', 'exec sleep 100')] }));
    await cluster.until(WORKFLOWS, 'wf', isWaitingAt('wf'));
    cluster.store.modify(WORKFLOWS, { namespace: 'demo', name: 'wf' }, (draft) => {
      draft['spec'] = { ...pipelineSpec(draft), shutdown: 'Terminate' };
    });
    const done = await cluster.until(WORKFLOWS, 'wf', isOver);
    expect(readStatus(done)).toMatchObject({ phase: 'Failed', message: "Stopped with strategy 'Terminate'" });
    await cluster.until('pods', 'wf', (pod) => phaseOf(pod) === 'Failed');
  });

  test('a workflow over its size limit keeps its nodes compressed, and a client settles a gate in them', async () => {
    await using cluster = engine(100);
    cluster.store.create(WORKFLOWS, aWorkflow(pipeline));
    const waiting = await cluster.until(WORKFLOWS, 'wf', isWaitingAt('wf.gate'));
    const { nodes, compressedNodes } = waiting['status'] as { nodes?: unknown; compressedNodes: string };
    expect(nodes).toBeUndefined();
    expect(gunzipSync(Buffer.from(compressedNodes, 'base64')).toString()).toContain('"wf.gate"');
    settle(cluster, 'wf.gate');
    expect(readStatus(await cluster.until(WORKFLOWS, 'wf', isOver)).phase).toBe('Succeeded');
  });

  test('a workflow of a template runs the merged spec and keeps it; a missing template is an error', async () => {
    await using cluster = engine();
    cluster.store.create('workflowtemplates.argoproj.io', {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'WorkflowTemplate',
      metadata: { name: 't', namespace: 'demo' },
      spec: {
        entrypoint: 'main',
        arguments: {
          parameters: [
            { name: 'x', value: '1' },
            { name: 'y', value: '2' },
          ],
        },
        templates: [sh('main', 'test {{workflow.parameters.x}}{{workflow.parameters.y}} = 12')],
      },
    });
    cluster.store.create(
      WORKFLOWS,
      aWorkflow({ workflowTemplateRef: { name: 't' }, arguments: { parameters: [{ name: 'x', value: '1' }] } }),
    );
    const done = await cluster.until(WORKFLOWS, 'wf', isOver);
    expect(readStatus(done)).toMatchObject({ phase: 'Succeeded', storedWorkflowTemplateSpec: { entrypoint: 'main' } });
    cluster.store.create(WORKFLOWS, aWorkflow({ workflowTemplateRef: { name: 'none' } }, 'other'));
    const wrong = await cluster.until(WORKFLOWS, 'other', isOver);
    expect(readStatus(wrong)).toMatchObject({ phase: 'Error', message: 'workflowtemplates.argoproj.io "none" not found' });
  });

  test('podGC and ttlStrategy take the pods and the workflow away', async () => {
    await using cluster = engine();
    cluster.store.create(
      WORKFLOWS,
      aWorkflow({
        entrypoint: 'main',
        podGC: { strategy: 'OnPodCompletion', deleteDelayDuration: '0s' },
        ttlStrategy: { secondsAfterCompletion: 1 },
        templates: [sh('main', 'true')],
      }),
    );
    await cluster.until(WORKFLOWS, 'wf', isOver);
    await expect.poll(() => cluster.store.list('pods').length).toBe(0);
    await expect.poll(() => cluster.store.list(WORKFLOWS).length).toBe(0);
  });

  test('a workflow at rest is not written again', async () => {
    await using cluster = engine();
    cluster.store.create(WORKFLOWS, aWorkflow(pipeline));
    await cluster.until(WORKFLOWS, 'wf', isWaitingAt('wf.gate'));
    await cluster.until(
      'pods',
      cluster.store.list('pods')[0]?.metadata.name ?? '',
      (pod) => pod.metadata.labels?.['workflows.argoproj.io/completed'] === 'true',
    );
    const revision = cluster.store.revision();
    cluster.store.modify('pods', cluster.store.list('pods')[0]?.metadata ?? { name: '' }, (draft) => {
      draft.metadata.labels = { ...draft.metadata.labels, touched: 'yes' };
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(cluster.store.revision()).toBe(String(Number(revision) + 1));
  });
});

function pipelineSpec(workflow: KubeObject): object {
  return typeof workflow['spec'] === 'object' && workflow['spec'] !== null ? workflow['spec'] : {};
}
