import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { kill, startAgain } from '../../cluster/faults.ts';
import { clusterWithWorkflows, openPlace } from '../clusters/place.ts';
import { emptyRollout } from '../clusters/empty-rollout.ts';
import { createRaw } from '../clusters/raw-objects.ts';
import { nowMs } from '../clock.ts';
import { rolloutsCount, rounds } from '../env.ts';
import { alternate, median, ratios, spread } from '../measure.ts';
import { startArgoApi } from '../peers/argo-api.ts';
import type { ArgoApi } from '../peers/argo-api.ts';
import { openPostgres } from '../postgres.ts';
import { askMany } from '../reading/ask-many.ts';
import type { Round } from '../reading/ask-many.ts';
import { addCanaries, fillAndServe } from '../reading/filled.ts';
import type { Filled } from '../reading/filled.ts';
import type { Result, Row } from '../result.ts';
import { answerLine } from './beside-peers.ts';

const run = promisify(execFile);
/** What the dashboard lists: one namespace. */
const inOneNamespace = Math.min(1_024, rolloutsCount);
const largeCount = 30_000;
const pageSize = 50;

/** R3: the first page of the rollouts of a tenant, beside the dashboard of Argo Rollouts and its command, on a real cluster. */
export const listOfRollouts: Row = {
  name: 'R3',
  async run() {
    const cluster = clusterWithWorkflows();
    await using _stopped = await withoutController(cluster.name);
    await using listed = await openPlace(cluster, 'listed');
    await using others = await openPlace(cluster, 'others');
    const rollouts = Array.from({ length: rolloutsCount }, (_none, index) => emptyRollout(index));
    await createRaw(cluster.admin, listed.namespace, rollouts.slice(0, inOneNamespace));
    await createRaw(cluster.admin, others.namespace, rollouts.slice(inOneNamespace));
    await using dashboard = await startArgoApi('rollouts-dashboard', cluster.admin);
    await using postgres = await openPostgres();
    const serve = async (name: string, count: number): Promise<Filled> =>
      fillAndServe(await postgres.create(name), (db, tenant) => addCanaries(db, tenant, count));
    const [flow, small, large] = [await serve('flow', rolloutsCount), await serve('small', pageSize), await serve('large', largeCount)];
    await using _apis = both(flow, small, large);
    const dashboardPath = `/rollouts/api/v1/rollouts/${listed.namespace}/info`;
    const measured = await alternate(
      {
        dashboard: (): Promise<Answers> =>
          askMany({ ...dashboard, path: dashboardPath, count: 10, mark: { text: '"objectMeta"', least: inOneNamespace } }),
        flow: () => firstPage(flow),
        small: () => firstPage(small),
        large: () => firstPage(large),
        command: () => listByCommand(dashboard),
      },
      rounds,
    );
    return report(measured);
  },
};

function both(...filled: readonly Filled[]): AsyncDisposableStack {
  const stack = new AsyncDisposableStack();
  for (const { api } of filled) stack.use(api);
  return stack;
}

function firstPage({ api, tenant }: Filled): Promise<Answers> {
  const input = encodeURIComponent(JSON.stringify({ tenant: tenant.slug }));
  return askMany({
    ...api,
    path: `/api/trpc/deployment.list?input=${input}`,
    count: 200,
    mark: { text: '"canaryWeight"', least: pageSize },
  });
}

/** The controller would need half an hour for thousands of Rollouts on a small machine; without its word about them their lists are shorter. */
async function withoutController(region: string): Promise<AsyncDisposable> {
  await kill(region, 'rollouts-controller');
  return { [Symbol.asyncDispose]: () => startAgain(region, 'rollouts-controller') };
}

/** `kubectl argo rollouts list rollouts -A`, with the start of the command. */
async function listByCommand({ program, kubeconfig }: ArgoApi): Promise<Answers> {
  const startedAt = nowMs();
  const { stdout } = await run(program, ['list', 'rollouts', '--all-namespaces', '--kubeconfig', kubeconfig], { maxBuffer: 2 ** 27 });
  if (stdout.split('\n').length < rolloutsCount) throw new Error(`the command listed less than there is: ${stdout.slice(0, 300)}`);
  const tookMs = nowMs() - startedAt;
  return { times: [tookMs], p50: tookMs, bytes: Buffer.byteLength(stdout) };
}

type Answers = Pick<Round, 'times' | 'p50' | 'bytes'>;
type Measured = Record<'dashboard' | 'flow' | 'small' | 'large' | 'command', Answers[]>;

function report({ dashboard, flow, small, large, command }: Measured): Result[] {
  const p50 = (rounds_: readonly Answers[]): number[] => rounds_.map((round) => round.p50);
  const fixed = { row: 'R3', rounds: flow.length };
  const growth = ratios(p50(large), p50(small));
  const [ours, theirs] = [median(flow.map(({ bytes }) => bytes)) / 1_000, median(dashboard.map(({ bytes }) => bytes)) / 1_000];
  return [
    answerLine(flow, dashboard, {
      row: 'R3',
      what: `First page of ${pageSize} of ${rolloutsCount} rollouts, median`,
      peer: `by the Rollouts dashboard for a namespace of ${inOneNamespace}`,
      share: 50,
      most: 1 / 60,
      goal: '≤ 1/60 of the dashboard',
    }),
    answerLine(flow, command, {
      row: 'R3',
      what: 'The same',
      peer: `by kubectl argo rollouts list, all ${rolloutsCount}`,
      share: 50,
      most: 1 / 60,
      goal: '≤ 1/60 of the command',
    }),
    {
      ...fixed,
      what: 'Length of that page, not compressed',
      unit: 'KB',
      flow: ours,
      peer: 'of the dashboard',
      peerValue: theirs,
      ratio: ours / theirs,
      goal: '≤ 25 KB and 1/40 of the dashboard',
      met: ours <= 25 && ours <= theirs / 40,
      spread: null,
    },
    {
      ...fixed,
      what: `Median at ${largeCount} services by that at ${pageSize}`,
      unit: '×',
      flow: median(growth),
      peer: null,
      peerValue: null,
      ratio: null,
      goal: '≤ ×1.2',
      met: median(growth) <= 1.2,
      spread: spread(growth),
    },
  ];
}
