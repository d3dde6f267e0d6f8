import { connectCluster, kinds } from '@flow/delivery/cluster';
import type { ClusterClient } from '@flow/delivery/cluster';
import { z } from 'zod';
import { flowKubeconfig } from '../../cluster/access.ts';
import { clusterWithWorkflows, removeNamespace } from '../clusters/place.ts';
import { rounds } from '../env.ts';
import { latencyLine, watchRound } from '../live/canary-rounds.ts';
import { namespace, prepareCanary } from '../live/canary.ts';
import type { StandingCanary } from '../live/canary.ts';
import { peerRound } from '../live/peer-round.ts';
import type { PeerStream } from '../live/peer-round.ts';
import { streamRound } from '../live/stream-round.ts';
import { alternate } from '../measure.ts';
import { startArgoApi } from '../peers/argo-api.ts';
import { logIn, startProduct } from '../product.ts';
import type { Result, Row } from '../result.ts';

const viewersCount = 50;
const workflowName = 'standing';

/** L1: from the PATCH on a Rollout of a real cluster to the message at each of fifty open streams, beside a bare watch and Argo's own servers. */
export const liveStreams: Row = {
  name: 'L1',
  async run() {
    const cluster = clusterWithWorkflows();
    await removeNamespace(cluster.admin, namespace);
    await using product = await startProduct();
    const cookies = await Promise.all(['adam', 'rita', 'dora'].map((person) => logIn(product.url, `${person}@flow.demo`)));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => removeNamespace(cluster.admin, namespace));
    const canary = stack.use(await prepareCanary(product, cookies[0] ?? '', flowKubeconfig()));
    const admin = stack.use(connectCluster(cluster.admin));
    const workflow = await standingWorkflow(admin);
    const dashboard = stack.use(await startArgoApi('rollouts-dashboard', cluster.admin));
    const argo = stack.use(await startArgoApi('argo-server', cluster.admin));
    const ofDashboard: PeerStream = { url: `${dashboard.url}/rollouts/api/v1/rollouts/${namespace}/info/watch`, heldOf: heldOfRollout };
    const ofArgo: PeerStream = { url: `${argo.url}/api/v1/workflow-events/${namespace}`, heldOf: heldOfWorkflow };
    const measured = await alternate(
      {
        watch: named('a bare watch', () => watchRound(canary)),
        flow: named('Flow', () => streamRound(canary, { url: product.url, cookies, viewersCount })),
        dashboard: named('the dashboard', () => peerRound(canary, ofDashboard, viewersCount)),
        argo: named('argo-server', () => peerRound(workflow, ofArgo, viewersCount)),
      },
      rounds,
    );
    return report(measured);
  },
};

/** Whose round it was that could not be measured. */
function named<Value>(name: string, round: () => Promise<Value>): () => Promise<Value> {
  return () =>
    round().catch((error: unknown) => {
      throw new Error(`${name}: ${String(error)}`, { cause: error });
    });
}

/** A Workflow that waits for a person: what is changed is a label of it, which its controller does not care about. */
async function standingWorkflow(admin: ClusterClient): Promise<Pick<StandingCanary, 'setHeld'>> {
  const made = await admin.create(
    { kind: kinds.workflows, namespace },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Workflow',
      metadata: { name: workflowName, labels: { held: 'false' } },
      spec: { entrypoint: 'wait', templates: [{ name: 'wait', suspend: {} }] },
    },
  );
  if (!made.ok) throw new Error(made.detail);
  return {
    async setHeld(isHeld) {
      const body = { metadata: { labels: { held: String(isHeld) } } };
      const patched = await admin.patch({ kind: kinds.workflows, namespace, name: workflowName }, { type: 'merge', body });
      if (!patched.ok) throw new Error(`the Workflow was not changed: ${patched.message}`);
    },
  };
}

const rolloutEvent = z.object({ result: z.object({ rolloutInfo: z.object({ message: z.string().default('') }) }) });

/** The dashboard says of a Rollout that somebody holds that it is paused by hand. */
function heldOfRollout(line: string): boolean | undefined {
  if (!line.startsWith('{')) return undefined;
  const read = rolloutEvent.safeParse(JSON.parse(line));
  return read.success ? read.data.result.rolloutInfo.message === 'manually paused' : undefined;
}

const workflowEvent = z.object({
  result: z.object({ object: z.object({ metadata: z.object({ labels: z.object({ held: z.enum(['true', 'false']) }) }) }) }),
});

function heldOfWorkflow(line: string): boolean | undefined {
  if (!line.startsWith('{')) return undefined;
  const read = workflowEvent.safeParse(JSON.parse(line));
  return read.success ? read.data.result.object.metadata.labels.held === 'true' : undefined;
}

type Measured = Record<'watch' | 'flow' | 'dashboard' | 'argo', number[][]>;

function report({ flow, watch, dashboard, argo }: Measured): Result[] {
  const what = 'Change of a Rollout → 50 streams';
  const besides = (theirs: number[][], peer: string, name: string): Result[] =>
    [50, 99].map((share) =>
      latencyLine(
        { flow, peer: theirs },
        {
          row: 'L1',
          what: share === 50 ? `${what}, median` : 'The same, 99th percentile',
          share,
          peer,
          goal: `≤ ${name}`,
          isMet: (flowMs, peerMs) => flowMs <= peerMs,
        },
      ),
    );
  return [
    latencyLine(
      { flow, peer: watch },
      { row: 'L1', what: `${what}, median`, share: 50, goal: '≤ peer + 15 ms', isMet: (flowMs, peerMs) => flowMs <= peerMs + 15 },
    ),
    latencyLine(
      { flow, peer: watch },
      { row: 'L1', what: 'The same, 99th percentile', share: 99, goal: '≤ peer + 50 ms', isMet: (flowMs, peerMs) => flowMs <= peerMs + 50 },
    ),
    ...besides(dashboard, 'by the Rollouts dashboard', 'the dashboard'),
    ...besides(argo, 'by argo-server, change of a Workflow', 'argo-server'),
  ];
}
