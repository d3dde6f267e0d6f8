import type { TargetState } from '@flow/core/deployment';
import { createEnvironment } from '@flow/operations/catalog';
import { askForDeployment } from '@flow/operations/deployment';
import { realClusters } from '../../cluster/access.ts';
import type { RealCluster } from '../../cluster/access.ts';
import { removeMadeByFlow } from '../../cluster/made-by-flow.ts';
import { eventually } from '../../contract/eventually.ts';
import { addService, contextOf } from '../../faults/ground.ts';
import type { TestService } from '../../faults/ground.ts';
import { isReady } from '../../faults/kills/program.ts';
import { startProduct } from '../../faults/kills/product.ts';
import type { Product } from '../../faults/kills/product.ts';
import { inParallel } from './in-parallel.ts';

/** Where the deployments of a benchmark go: a place of their own, so that what is there is theirs. */
export const benchNamespace = 'shop-bench';
const withinMs = 20 * 60_000;
const version = (number: number): string => `${number}.0.0`;

/** Flow's worker with a database of its own on both real clusters of this machine, and an environment without approvals over both, in one wave. */
export interface Installation extends AsyncDisposable {
  product: Product;
  clusters: readonly RealCluster[];
  /** Adds services, each with an artifact for each of so many versions. */
  addServices(prefix: string, count: number, versionsCount?: number): Promise<TestService[]>;
  /** Asks for a version (from 1 up) of each of them, as sixteen people at once would; gives the ids of the deployments. */
  deploy(services: readonly TestService[], number: number): Promise<string[]>;
  /** Resolves when every target of the deployments is in one of these states. */
  reached(deploymentIds: readonly string[], states: readonly TargetState[]): Promise<void>;
}

/** Starts it; its canaries go on by themselves. */
export async function openInstallation(workerSettings: Readonly<Record<string, string>> = {}): Promise<Installation> {
  const clusters = realClusters().filter((cluster) => cluster.isOwn);
  for (const cluster of clusters) await removeMadeByFlow(cluster);
  await using stack = new AsyncDisposableStack();
  const regions = clusters.map(({ name, flow, runsWorkflows }) => ({
    region: name,
    connection: flow,
    purposes: runsWorkflows ? (['pipelines', 'releases'] as const) : (['releases'] as const),
  }));
  const product = stack.use(await startProduct(regions, workerSettings));
  stack.defer(async () => {
    await product.worker.end('SIGTERM');
    for (const cluster of clusters) await removeMadeByFlow(cluster);
  });
  const { tools, ground, db, worker } = product;
  const { environmentId } = await createEnvironment(contextOf(tools, ground.tenantId, { kind: 'system', reason: 'a benchmark' }), {
    slug: 'bench',
    name: 'Bench',
    kind: 'development',
    position: 2,
    bakeTimeSeconds: 0,
    waves: [ground.clusters.map(({ region }) => region)],
    strategy: {
      steps: [
        { kind: 'weight', percent: 50 },
        { kind: 'pause', durationSeconds: 1 },
      ],
      analysis: null,
    },
    values: { replicas: 2, probes: { readinessPath: '', livenessPath: '' } },
    targets: ground.clusters.map(({ id }) => ({ clusterId: id, namespace: benchNamespace, values: {} })),
  });
  worker.start();
  await isReady(worker, 'the worker');
  const started = stack.move();
  return {
    product,
    clusters,
    addServices: (prefix, count, versionsCount = 1) =>
      inParallel(
        Array.from({ length: count }, (_none, index) => `${prefix}-${index}`),
        (slug) => addService(tools, ground, { slug, versions: Array.from({ length: versionsCount }, (_one, index) => version(index + 1)) }),
      ),
    deploy: (services, number) =>
      inParallel(services, async ({ serviceId, artifacts }) => {
        const artifactId = artifacts[number - 1]?.id ?? '';
        const wanted = { serviceId, environmentId, artifactId, idempotencyKey: artifactId };
        return (await askForDeployment(contextOf(tools, ground.tenantId, ground.asker), wanted)).deploymentId;
      }),
    async reached(deploymentIds, states) {
      const wanted = deploymentIds.length * clusters.length;
      let seen: unknown;
      const look = async (): Promise<boolean> => {
        const targets = await db.prisma.targetDeployment.groupBy({
          by: ['state'],
          where: { tenantId: ground.tenantId, deploymentId: { in: [...deploymentIds] } },
          _count: true,
        });
        seen = targets;
        const there = targets.filter(({ state }) => states.some((one) => one === state));
        return there.reduce((sum, { _count }) => sum + _count, 0) === wanted;
      };
      await eventually(`${wanted} targets are ${states.join(' or ')}`, look, withinMs).catch((error: unknown) => {
        throw new Error(`${String(error)}; they are ${JSON.stringify(seen)}\n${worker.lastWords}`, { cause: error });
      });
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
