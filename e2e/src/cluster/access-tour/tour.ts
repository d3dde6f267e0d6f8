import { clusterPurposes } from '@flow/core/cluster';
import { ensurePipelineNamespace, pipelineAccount, probeCluster } from '@flow/delivery/access';
import { systemClock } from '@flow/delivery/clock';
import { kinds, type ClusterClient, type ResourceKind } from '@flow/delivery/cluster';
import { createHelm } from '@flow/delivery/helm';
import type { ClusterConnection } from '@flow/delivery/kubeconfig';
import { readQuotas } from '@flow/delivery/quota';
import { reflect } from '@flow/delivery/reflector';
import { abort, pause, projectRollout } from '@flow/delivery/rollouts';
import { compileWorkflow, createWorkflow, gateNodeId, projectWorkflow, settleGate, stopWorkflow } from '@flow/delivery/workflows';
import { eventually } from '../../contract/eventually.ts';
import { stepImage } from '../node/images.ts';
import { writeTourChart } from './tour-chart.ts';

export interface TourPlace {
  connection: ClusterConnection;
  client: ClusterClient;
  namespace: string;
  /** A folder of this machine. */
  folder: string;
}

const patienceMs = 240_000;

/** Does with a cluster, by the product's own functions, everything that Flow does: once each. */
export async function takeTour(place: TourPlace): Promise<void> {
  const { client, namespace } = place;
  const leaving = new AbortController();
  const watching = Promise.all(
    [kinds.rollouts, kinds.analysisRuns, kinds.pods, kinds.workflows].map((kind) => watch(client, kind, leaving.signal)),
  );
  await probeCluster(client, clusterPurposes);
  await ensurePipelineNamespace(client, namespace);
  await runPipeline(place);
  await release(place);
  await readQuotas(client, namespace);
  // Older servers know no WatchList: there a reflector reads page by page.
  for (const kind of [kinds.rollouts, kinds.analysisRuns, kinds.pods, kinds.workflows])
    for await (const _page of client.list({ kind })) continue;
  leaving.abort();
  await watching;
}

async function watch(client: ClusterClient, resource: ResourceKind, signal: AbortSignal): Promise<void> {
  const options = { client, resource, project: () => null, onChange: () => undefined, onSynced: () => undefined };
  await reflect({ ...options, onHealth: () => undefined, clock: systemClock, random: Math.random, signal });
}

async function runPipeline({ client, namespace }: TourPlace): Promise<void> {
  const step = { key: 'one', needs: [], image: stepImage, script: 'echo seen', command: null, env: {}, retries: 0, timeoutSeconds: 120 };
  const compiled = compileWorkflow({
    runId: 'tour',
    segment: 1,
    attempt: 1,
    namespace,
    labels: { 'flow.dev/tenant': 'tour' },
    stages: [
      { kind: 'steps', key: 'test', needs: [], steps: [step] },
      { kind: 'gate', key: 'first', needs: ['test'], outputs: [] },
      { kind: 'gate', key: 'second', needs: ['first'], outputs: [] },
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
  const seen = await eventually(
    'the step has ended',
    async () => {
      const answer = await client.get({ kind: kinds.workflows, namespace, name });
      const view = answer.ok ? projectWorkflow(answer.value) : null;
      return view !== null && view.stages.some((stage) => stage.key === 'first' && stage.open) && view;
    },
    patienceMs,
  );
  const pod = seen.stages[0]?.steps[0]?.podName ?? '';
  await client.get({ kind: kinds.pods, namespace, name: pod });
  for await (const _part of client.readLog({ namespace, pod, container: 'main' })) continue;
  const nodeId = gateNodeId(name, 'first');
  await settleGate(client, { namespace, name, uid: made.uid, nodeId, outcome: 'succeeded', outputs: {}, message: 'seen', at: new Date() });
  await stopWorkflow(client, { namespace, name, uid: made.uid });
}

async function release({ connection, client, namespace, folder }: TourPlace): Promise<void> {
  const helm = await createHelm({ connection, homeDir: folder });
  const chart = await writeTourChart(`${folder}/chart`);
  const ref = { namespace, name: 'tour' };
  const rollout = { namespace, name: 'tour' };
  const view = async () => {
    const answer = await client.get({ kind: kinds.rollouts, ...rollout });
    return answer.ok ? projectRollout(answer.value) : null;
  };
  const upgrade = (mark: string) => helm.upgradeInstall({ ...ref, chart, values: { mark }, deploymentId: `d-${mark}` });
  await upgrade('one');
  await eventually('the first revision is healthy', async () => (await view())?.phase === 'Healthy', patienceMs);
  await upgrade('two');
  const canary = await eventually(
    'the canary pauses',
    async () => {
      const seen = await view();
      return seen?.phase === 'Paused' && seen;
    },
    patienceMs,
  );
  const guard = { uid: canary.uid, podHash: canary.currentPodHash };
  await pause(client, rollout, guard);
  await abort(client, rollout, guard);
  await helm.rollback({ ...ref, revision: 1 });
  await helm.uninstall(ref);
}
