import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flowChartValues } from '@flow/core/configuration';
import { serviceChart } from '@flow/delivery/chart';
import { clusterPurposes } from '@flow/core/cluster';
import { ensurePipelineNamespace, pipelineAccount, probeCluster } from '@flow/delivery/access';
import { connectCluster, kinds, type ClusterClient } from '@flow/delivery/cluster';
import { createHelm, readHistory } from '@flow/delivery/helm';
import { abort, projectRollout, promote } from '@flow/delivery/rollouts';
import { compileWorkflow, createWorkflow, gateNodeId, projectWorkflow, settleGate } from '@flow/delivery/workflows';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../contract/eventually.ts';
import { stepImage, toolsImage } from './node/images.ts';
import { realClusters, type RealCluster } from './access.ts';

interface Opened {
  cluster: RealCluster;
  client: ClusterClient;
  admin: ClusterClient;
}

const namespace = `smoke-${randomBytes(4).toString('hex')}`;
const folder = mkdtempSync(join(tmpdir(), 'flow-smoke-'));
const clusters = realClusters();
const opened: Opened[] = [];
const withinMs = 180_000;

beforeAll(async () => {
  for (const cluster of clusters) {
    const one = { cluster, client: connectCluster(cluster.flow), admin: connectCluster(cluster.admin) };
    opened.push(one);
    const made = await one.admin.create({ kind: kinds.namespaces }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    expect(made.ok).toBe(true);
    if (cluster.runsWorkflows) await ensurePipelineNamespace(one.client, namespace);
    await eventually(
      'the default account',
      async () => (await one.admin.read(`/api/v1/namespaces/${namespace}/serviceaccounts/default`)).ok,
    );
  }
}, withinMs);
afterAll(async () => {
  for (const { client, admin } of opened) {
    await admin.delete({ kind: kinds.namespaces, name: namespace });
    await client[Symbol.asyncDispose]();
    await admin[Symbol.asyncDispose]();
  }
  rmSync(folder, { recursive: true, force: true });
}, withinMs);

const at = (name: string): Opened => {
  const found = opened.find((one) => one.cluster.name === name);
  if (found === undefined) throw new Error(`${name} is not open`);
  return found;
};

describe.each(clusters.map(({ name }) => name))('the cluster %s', { timeout: withinMs }, (name) => {
  test('lets Flow in with all the rights that it asks for, and none on nodes and roles', async () => {
    const { client, cluster } = at(name);
    const probe = await probeCluster(client, cluster.runsWorkflows ? clusterPurposes : ['releases']);
    expect(probe.offers).toMatchObject({ workflows: cluster.runsWorkflows, rollouts: true });
    if (!cluster.isOwn) return;
    expect(probe.checks.filter((check) => check.state === 'missing')).toEqual([]);
    expect(probe.account).toBe('system:serviceaccount:flow-system:flow');
    for (const plural of ['nodes', 'clusterroles', 'clusterrolebindings']) {
      const group = plural === 'nodes' ? '' : 'rbac.authorization.k8s.io';
      expect(await client.accessReview({ verb: 'list', kind: { group, version: 'v1', plural, kind: '' } })).toBe(false);
    }
  });

  test('takes a canary of Flow’s chart by helm, holds it at its pause, promotes one and aborts another', async () => {
    const { client, cluster } = at(name);
    const helm = await createHelm({ connection: cluster.flow, homeDir: join(folder, name) });
    const chart = (await serviceChart()).path;
    const deploy = (deployment: string) =>
      helm.upgradeInstall({
        namespace,
        name: 'checkout',
        chart,
        deploymentId: deployment,
        values: flowChartValues({
          layers: [{ replicas: 4, probes: { readinessPath: '', livenessPath: '' } }],
          mark: { tenant: 'shop', service: 'checkout', environment: 'prod', deployment },
          image: { repository: 'registry.invalid/checkout', digest: `sha256:${deployment.slice(-1).repeat(64)}` },
          strategy: { steps: [{ kind: 'weight', percent: 50 }, { kind: 'pause' }], analysis: null },
        }),
      });
    const when = (what: string, is: (view: ReturnType<typeof projectRollout>) => boolean) =>
      eventually(
        what,
        async () => {
          const answer = await client.get({ kind: kinds.rollouts, namespace, name: 'checkout' });
          const view = answer.ok ? projectRollout(answer.value) : null;
          return view !== null && is(view) && view;
        },
        withinMs,
      );
    const isHealthyAs = (deployment: string) => (view: ReturnType<typeof projectRollout>) =>
      view.phase === 'Healthy' && view.deploymentId === deployment && view.currentPodHash === view.stablePodHash;

    await deploy('d-1');
    await when('the first revision is healthy', isHealthyAs('d-1'));
    await deploy('d-2');
    const paused = await when('the canary holds', (view) => view.phase === 'Paused' && view.deploymentId === 'd-2');
    expect(paused).toMatchObject({ stepIndex: 1 });
    const guard = { uid: paused.uid, podHash: paused.currentPodHash, stepIndex: 1, pauseStartedAt: paused.pause?.startedAt };
    const rollout = { namespace, name: 'checkout' };
    expect(await promote(client, rollout, guard)).toEqual({ outcome: 'done' });
    await when('the second revision is healthy', isHealthyAs('d-2'));
    expect((await promote(client, rollout, guard)).outcome).not.toBe('done');

    await deploy('d-3');
    const third = await when('the third holds', (view) => view.phase === 'Paused' && view.deploymentId === 'd-3');
    expect(await abort(client, rollout, { uid: third.uid, podHash: third.currentPodHash })).toEqual({ outcome: 'done' });
    await when('the third is taken back', (view) => view.aborted && view.phase === 'Degraded');
    await helm.rollback({ namespace, name: 'checkout', revision: 2 });
    await when('the second runs again', isHealthyAs('d-2'));
    const history = await readHistory(client, { namespace, name: 'checkout' });
    expect(history.toSorted((a, b) => a.revision - b.revision).map(({ revision, status }) => [revision, status])).toEqual([
      [1, 'superseded'],
      [2, 'superseded'],
      [3, 'superseded'],
      [4, 'deployed'],
    ]);
  });
});

const withWorkflows = clusters.filter((cluster) => cluster.runsWorkflows).map(({ name }) => name);

describe.each(withWorkflows)('workflows in %s', { timeout: withinMs }, (cluster) => {
  test('run a step in a real container, show its log, publish its outputs, wait at a gate and go on when it is settled', async () => {
    const { client } = at(cluster);
    const digest = `sha256:${'c'.repeat(64)}`;
    const step = (key: string, script: string) => stepOf({ key, script, image: stepImage });
    const compiled = compileWorkflow({
      runId: 'smoke',
      segment: 1,
      attempt: 1,
      namespace,
      labels: { 'flow.dev/tenant': 'shop' },
      stages: [
        { kind: 'steps', key: 'test', needs: [], steps: [step('one', 'echo "I am $WHO, of $(cat /proc/1/comm)"')] },
        { kind: 'publish', key: 'publish', needs: ['test'], step: step('publish', `printf ${digest} > "$FLOW_DIGEST_FILE"`) },
        { kind: 'gate', key: 'prod', needs: ['publish'], outputs: ['by'] },
        { kind: 'steps', key: 'after', needs: ['prod'], steps: [step('bye', 'echo bye')] },
      ],
      parameters: {},
      timeoutSeconds: 600,
      serviceAccountName: pipelineAccount,
      checkout: null,
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
    const { name } = compiled.workflow.metadata;
    const made = await createWorkflow(client, compiled.workflow);
    if (made.outcome === 'refused') throw new Error(made.why);
    const when = (what: string, is: (view: ReturnType<typeof projectWorkflow>) => boolean) =>
      eventually(
        what,
        async () => {
          const answer = await client.get({ kind: kinds.workflows, namespace, name });
          const view = answer.ok ? projectWorkflow(answer.value) : null;
          return view !== null && is(view) && view;
        },
        withinMs,
      );
    const open = await when('the gate is open', (view) => view.completed || view.stages.some((stage) => stage.open));
    expect(open.stages.map((stage) => [stage.key, stage.phase])).toEqual([
      ['test', 'Succeeded'],
      ['publish', 'Succeeded'],
      ['prod', 'Running'],
      ['after', 'Waiting'],
    ]);
    expect(open.stages[1]?.outputs).toMatchObject({ digest });
    expect(await logOf(client, 'I am')).toContain(`I am {{workflow.name}}, of argoexec`);
    const settlement = {
      namespace,
      name,
      uid: made.uid,
      nodeId: gateNodeId(name, 'prod'),
      outcome: 'succeeded',
      outputs: { by: 'ana' },
      message: 'approved',
      at: new Date(),
    } as const;
    expect(await settleGate(client, settlement)).toEqual({ outcome: 'done' });
    const ended = await when('the end', (view) => view.completed);
    expect(ended.phase).toBe('Succeeded');
    expect(ended.stages[2]?.outputs).toEqual({ by: 'ana' });
  });

  test('run a step with the tools that a checkout needs', async () => {
    const { client } = at(cluster);
    const script = 'git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m one && node -e "console.log(40 + 2)"';
    const compiled = compileWorkflow({
      runId: 'tools',
      segment: 1,
      attempt: 1,
      namespace,
      labels: { 'flow.dev/tenant': 'shop' },
      stages: [{ kind: 'steps', key: 'test', needs: [], steps: [stepOf({ key: 'one', script, image: toolsImage })] }],
      parameters: {},
      timeoutSeconds: 600,
      serviceAccountName: pipelineAccount,
      checkout: null,
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
    const made = await createWorkflow(client, compiled.workflow);
    if (made.outcome === 'refused') throw new Error(made.why);
    const ended = await eventually(
      'the end',
      async () => {
        const answer = await client.get({ kind: kinds.workflows, namespace, name: compiled.workflow.metadata.name });
        const view = answer.ok ? projectWorkflow(answer.value) : null;
        return view?.completed === true && view;
      },
      withinMs,
    );
    expect(ended.phase).toBe('Succeeded');
    expect(await logOf(client, '42')).toBe('42\n');
  });
});

function stepOf({ key, script, image }: { key: string; script: string; image: string }) {
  return { key, needs: [], image, script, command: null, env: { WHO: '{{workflow.name}}' }, retries: 0, timeoutSeconds: 120 };
}

/** The log of the first pod in which a text stands. */
async function logOf(client: ClusterClient, text: string): Promise<string> {
  for await (const page of client.list({ kind: kinds.pods, namespace, labelSelector: 'workflows.argoproj.io/workflow' })) {
    for (const item of page.items) {
      const pod = projectName(item);
      let log = '';
      for await (const part of client.readLog({ namespace, pod, container: 'main' })) log += part;
      if (log.includes(text)) return log;
    }
  }
  return '';
}

function projectName(item: unknown): string {
  const name = /"name":"([^"]+)"/.exec(JSON.stringify(item))?.[1];
  if (name === undefined) throw new Error('a pod has no name');
  return name;
}
