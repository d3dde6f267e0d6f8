import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flowChartValues } from '@flow/core/configuration';
import { serviceChart } from '@flow/delivery/chart';
import { helmPlaces, locateHelm } from '@flow/delivery/helm';
import { writeKubeconfig } from '@flow/delivery/kubeconfig';
import { askedSince } from '../../cluster/audit.ts';
import { repositoryOf } from '../../faults/ground.ts';
import type { TestService } from '../../faults/ground.ts';
import { benchNamespace, openInstallation } from '../clusters/installation.ts';
import type { Installation } from '../clusters/installation.ts';
import { nowMs, pause, wallMs } from '../clock.ts';
import { rounds } from '../env.ts';
import { alternate, median, ratios, spread } from '../measure.ts';
import type { Result, Row } from '../result.ts';

/** Of Flow's chart: the Rollout, its Services and the Secret of the revision. */
const steps = 2;
const idleMs = 120_000;
/** The log of the API server is written a moment after its answer. */
const settlesMs = 2_000;
const upgrade = ['upgrade', '--install', '--server-side=false', '--reset-values', '--values', '-', '--history-max', '20', '--hide-notes'];

/** A6 and A7: one release after the other through Flow's worker, beside the helm command alone; and what is asked of the API servers for it and at rest. */
export const oneRelease: Row = {
  name: 'A6',
  async run() {
    await using installation = await openInstallation();
    const [service] = await installation.addServices('released', 1, rounds + 2);
    if (service === undefined) throw new Error('there is no service');
    await using alone = await openHelmAlone(installation);
    let number = 0;
    const asked: Asked[] = [];
    const measured = await alternate(
      {
        flow: async () => {
          const round = await releaseOnce(installation, service, (number += 1));
          asked.push(round);
          return round.helmMs;
        },
        helm: () => alone.release(service, number),
      },
      rounds,
    );
    const rest = await askedAtRest(installation);
    return [report(measured), ...reportAsked(asked.slice(1)), rest];
  },
};

interface Asked {
  helmMs: number;
  /** Requests for one target, besides watches. */
  byFlow: number;
  byHelm: number;
}

/** From the intent to the record of its end: the lease, the state of the release, the chart, the values, helm. */
async function releaseOnce(installation: Installation, service: TestService, number: number): Promise<Asked> {
  const { db, ground } = installation.product;
  const since = new Date(wallMs());
  const [deploymentId = ''] = await installation.deploy([service], number);
  await installation.reached([deploymentId], ['healthy']);
  await pause(settlesMs);
  const actions = await db.prisma.engineAction.findMany({ where: { tenantId: ground.tenantId, deploymentId, kind: 'helm-upgrade' } });
  const times = actions.map(({ createdAt, finishedAt }) => (finishedAt ?? createdAt).getTime() - createdAt.getTime());
  const regions = installation.clusters.map(({ name }) => name);
  const requests = regions.flatMap((region) => askedSince(region, since)).filter(({ verb }) => verb !== 'watch');
  const byHelm = requests.filter(({ by }) => by.startsWith('Helm/')).length;
  return {
    helmMs: median(times),
    byFlow: (requests.length - byHelm) / regions.length,
    byHelm: byHelm / regions.length,
  };
}

interface HelmAlone extends AsyncDisposable {
  /** Releases a version into both regions at once, as the worker does, and gives the median of how long the two took, in milliseconds. */
  release(service: TestService, number: number): Promise<number>;
}

async function openHelmAlone({ clusters, product }: Installation): Promise<HelmAlone> {
  const binary = await locateHelm(helmPlaces());
  const chart = (await serviceChart()).path;
  const folder = await mkdtemp(join(tmpdir(), 'flow-bench-helm-'));
  for (const { name, admin } of clusters) await writeFile(join(folder, name), writeKubeconfig(admin), { mode: 0o600 });
  const release = (region: string, values: string): Promise<number> => {
    const startedAt = nowMs();
    const args = [...upgrade, '--kubeconfig', join(folder, region), '--namespace', benchNamespace, '--create-namespace', 'alone', chart];
    return new Promise((resolve, reject) => {
      const child = execFile(binary, args, { env: { HOME: folder } }, (error, _out, told) =>
        error === null ? resolve(nowMs() - startedAt) : reject(new Error(told)),
      );
      child.stdin?.end(values);
    });
  };
  return {
    async release(service, number) {
      const values = flowChartValues({
        layers: [{ replicas: 2, probes: { readinessPath: '', livenessPath: '' } }],
        mark: { tenant: product.ground.tenantId, service: 'alone', environment: 'bench', deployment: `d-${number}` },
        image: { repository: repositoryOf(service.slug), digest: service.artifacts[number - 1]?.digest ?? '' },
        strategy: {
          steps: [
            { kind: 'weight', percent: 50 },
            { kind: 'pause', durationSeconds: 1 },
          ],
          analysis: null,
        },
      });
      return median(await Promise.all(clusters.map(({ name }) => release(name, JSON.stringify(values)))));
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

function report({ flow, helm }: Record<'flow' | 'helm', number[]>): Result {
  const ratio = median(ratios(flow, helm));
  return {
    row: 'A6',
    what: 'A release through Flow’s worker, two at once',
    unit: 'ms',
    flow: median(flow),
    peer: 'by the helm command alone, two at once',
    peerValue: median(helm),
    ratio,
    goal: '≤ 1.15 of the peer',
    met: ratio <= 1.15,
    spread: spread(flow),
    rounds: flow.length,
  };
}

function reportAsked(asked: readonly Asked[]): Result[] {
  const flow = median(asked.map(({ byFlow }) => byFlow));
  const helm = median(asked.map(({ byHelm }) => byHelm));
  return [
    {
      row: 'A7',
      what: 'Requests to an API server for one target of a deployment, besides watches and Helm’s',
      unit: 'requests',
      flow,
      peer: 'by the helm that it starts',
      peerValue: helm,
      ratio: flow / helm,
      goal: `≤ ${steps + 3}: steps acted on + 3`,
      met: flow <= steps + 3,
      spread: spread(asked.map(({ byFlow }) => byFlow)),
      rounds: asked.length,
    },
  ];
}

/** What is asked when nothing happens, for one cluster and an hour; watches stay open. */
async function askedAtRest({ clusters }: Installation): Promise<Result> {
  await pause(settlesMs);
  const since = new Date(wallMs());
  await pause(idleMs);
  const count = clusters.flatMap(({ name }) => askedSince(name, since)).filter(({ verb }) => verb !== 'watch').length;
  const hourly = (count / clusters.length) * (3_600_000 / idleMs);
  return {
    row: 'A7',
    what: 'Requests to an API server in an hour at rest, besides watches',
    unit: 'requests',
    flow: hourly,
    peer: null,
    peerValue: null,
    ratio: null,
    goal: '0',
    met: hourly === 0,
    spread: null,
    rounds: 1,
  };
}
