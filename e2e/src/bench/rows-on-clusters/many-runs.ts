import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectCluster, kinds, kubeObject } from '@flow/delivery/cluster';
import type { Actor } from '@flow/core/rights';
import { createService } from '@flow/operations/catalog';
import { startRun } from '@flow/operations/pipeline';
import { contextOf } from '../../faults/ground.ts';
import { eventually } from '../../contract/eventually.ts';
import { inParallel } from '../clusters/in-parallel.ts';
import { openInstallation } from '../clusters/installation.ts';
import type { Installation } from '../clusters/installation.ts';
import { createRaw } from '../clusters/raw-objects.ts';
import type { RawObject } from '../clusters/raw-objects.ts';
import { nowMs } from '../clock.ts';
import { rounds } from '../env.ts';
import { alternate, median, ratios, spread } from '../measure.ts';
import type { Row } from '../result.ts';

const run = promisify(execFile);
/** A thousand would leave no processor of two for anything else: each run reads its commit with git. */
const runsPerRound = 60;
/** It waits for a person at once, so that no container is started: only the submission is measured. */
const definition = 'version: 1\nstages:\n  - name: ask\n    approval:\n      message: Go on\n';
const system: Actor = { kind: 'system', reason: 'a benchmark' };

/** A5: pipeline runs submitted at once through Flow, until every Workflow is there, beside a bare client that posts the same Workflows. */
export const manyRuns: Row = {
  name: 'A5',
  async run() {
    await using repository = await makeRepository();
    await using installation = await openInstallation({ FLOW_GIT_ALLOW: repository.url });
    const { tools, ground } = installation.product;
    const { serviceId } = await createService(contextOf(tools, ground.tenantId, system), {
      slug: 'runner',
      name: 'Runner',
      description: '',
      runtime: 'container',
      tier: 2,
      owner: 'shop',
      repositoryUrl: repository.url,
      defaultBranch: 'main',
      chart: { kind: 'flow' },
      values: {},
      dependsOn: [],
    });
    let round = 0;
    let runIds: string[] = [];
    const measured = await alternate(
      {
        flow: async () => {
          round += 1;
          const startedAt = nowMs();
          runIds = await inParallel(Array.from({ length: runsPerRound }), async () => {
            const ctx = contextOf(tools, ground.tenantId, ground.asker);
            return (await startRun(ctx, { serviceId, commitSha: repository.sha, branch: 'main' })).runId;
          });
          await submitted(installation, runIds);
          return (nowMs() - startedAt) / runsPerRound;
        },
        raw: () => postAnew(installation, runIds, round),
      },
      rounds,
    );
    const ratio = median(ratios(measured.flow, measured.raw));
    return [
      {
        row: 'A5',
        what: `Submission of ${runsPerRound} pipeline runs at once, for each`,
        unit: 'ms',
        flow: median(measured.flow),
        peer: 'by a bare client that posts the same Workflows',
        peerValue: median(measured.raw),
        ratio,
        goal: '≤ 3.33 of the peer: 0.3 of its rate',
        met: ratio <= 1 / 0.3,
        spread: spread(measured.flow),
        rounds: measured.flow.length,
      },
    ];
  },
};

async function submitted({ product: { db, ground, worker } }: Installation, runIds: readonly string[]): Promise<void> {
  const where = { tenantId: ground.tenantId, runId: { in: [...runIds] }, kind: 'workflow-create', state: 'done' };
  const look = async () => (await db.prisma.engineAction.count({ where })) === runIds.length;
  await eventually(`${runIds.length} runs are submitted`, look, 300_000).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${worker.lastWords}`, { cause: error });
  });
}

async function postAnew({ clusters, product }: Installation, runIds: readonly string[], round: number): Promise<number> {
  const cluster = clusters.find(({ runsWorkflows }) => runsWorkflows);
  if (cluster === undefined) throw new Error('no cluster runs workflows');
  await using client = connectCluster(cluster.admin);
  const namespace = `flow-runs-${product.ground.tenantId}`.slice(0, 63).replace(/-+$/, '');
  const wanted = new Set(runIds);
  const objects: RawObject[] = [];
  for await (const page of client.list({ kind: kinds.workflows, namespace }))
    for (const item of page.items) {
      const { metadata, status: _status, ...rest } = kubeObject.parse(item);
      const labels = metadata.labels ?? {};
      if (!wanted.has(labels['flow.dev/run'] ?? '')) continue;
      const name = `raw-${round}-${objects.length}`;
      objects.push({
        ...rest,
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Workflow',
        metadata: { name, labels: { 'flow.dev/tenant': 'raw' } },
      });
    }
  if (objects.length !== runIds.length) throw new Error(`${objects.length} of ${runIds.length} Workflows were found`);
  const startedAt = nowMs();
  await createRaw(cluster.admin, namespace, objects);
  return (nowMs() - startedAt) / objects.length;
}

interface Repository extends AsyncDisposable {
  url: string;
  sha: string;
}

/** A repository on this machine with one commit. */
async function makeRepository(): Promise<Repository> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-bench-git-'));
  const git = async (...args: string[]) =>
    (await run('git', ['-C', folder, '-c', 'user.name=bench', '-c', 'user.email=bench@flow.test', ...args])).stdout.trim();
  await git('init', '--quiet', '--initial-branch=main');
  await mkdir(join(folder, '.flow'));
  await writeFile(join(folder, '.flow/pipeline.yaml'), definition);
  await git('add', '.');
  await git('commit', '--quiet', '--message', 'A pipeline');
  return {
    url: `file://${folder}`,
    sha: await git('rev-parse', 'HEAD'),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
