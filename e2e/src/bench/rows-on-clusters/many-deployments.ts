import { connectCluster, kinds } from '@flow/delivery/cluster';
import type { TestService } from '../../faults/ground.ts';
import { benchNamespace, openInstallation } from '../clusters/installation.ts';
import type { Installation } from '../clusters/installation.ts';
import { createRaw, objectsOfRelease } from '../clusters/raw-objects.ts';
import { nowMs } from '../clock.ts';
import { rounds } from '../env.ts';
import { alternate, median, ratios, spread } from '../measure.ts';
import type { Result, Row } from '../result.ts';

/** A thousand would take a machine with two processors an hour: each release is a start of Helm, which is half a second of processor time. */
const servicesPerRound = 12;
/** What is left of a target before the Rollout of its deployment is there. */
const started = ['progressing', 'paused', 'healthy'] as const;

/** A4: deployments of many services to two regions at once, until every Rollout is there, beside a bare client that creates the same objects. */
export const manyDeployments: Row = {
  name: 'A4',
  async run() {
    await using installation = await openInstallation();
    let round = 0;
    let services: TestService[] = [];
    const measured = await alternate(
      {
        flow: async () => {
          services = await installation.addServices(`many-${(round += 1)}`, servicesPerRound);
          const startedAt = nowMs();
          const ids = await installation.deploy(services, 1);
          await installation.reached(ids, started);
          const tookMs = nowMs() - startedAt;
          await installation.reached(ids, ['healthy']);
          return tookMs / (servicesPerRound * installation.clusters.length);
        },
        raw: () => createAnew(installation, services, `bench-raw-${round}`),
      },
      rounds,
    );
    return [report(measured)];
  },
};

async function createAnew({ clusters }: Installation, services: readonly TestService[], namespace: string): Promise<number> {
  const places = await Promise.all(
    clusters.map(async ({ admin }) => {
      await using client = connectCluster(admin);
      const all = await Promise.all(services.map(({ slug }) => objectsOfRelease(client, { namespace: benchNamespace, name: slug })));
      const made = await client.create({ kind: kinds.namespaces }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
      if (!made.ok) throw new Error(made.detail);
      return { admin, objects: all.flat() };
    }),
  );
  const startedAt = nowMs();
  await Promise.all(places.map(({ admin, objects }) => createRaw(admin, namespace, objects)));
  const tookMs = nowMs() - startedAt;
  for (const { admin } of places) {
    await using client = connectCluster(admin);
    await client.delete({ kind: kinds.namespaces, name: namespace });
  }
  return tookMs / (services.length * clusters.length);
}

function report({ flow, raw }: Record<'flow' | 'raw', number[]>): Result {
  const ratio = median(ratios(flow, raw));
  return {
    row: 'A4',
    what: `Start of ${servicesPerRound} deployments in two regions at once, for each target`,
    unit: 'ms',
    flow: median(flow),
    peer: 'by a bare client that creates the same objects',
    peerValue: median(raw),
    ratio,
    goal: '≤ 2 of the peer: 0.5 of its rate',
    met: ratio <= 2,
    spread: spread(flow),
    rounds: flow.length,
  };
}
