import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { connectCluster, kinds } from '@flow/delivery/cluster';
import type { ClusterClient } from '@flow/delivery/cluster';
import { createHelm, cureRelease, forgetPendingRollback, readHistory, readRelease } from '@flow/delivery/helm';
import type { Helm, ReleaseRef } from '@flow/delivery/helm';
import { projectRollout } from '@flow/delivery/rollouts';
import { realClusters } from '../../cluster/access.ts';
import { openReleases } from '../../contract/helm/release-chart.ts';
import type { Releases } from '../../contract/helm/release-chart.ts';

/** How a kill found the operation: helm had ended by itself, had left its revision pending, or had not written one yet. */
export type Outcome = 'endedBefore' | 'pending' | 'untouched';

/** What is done by the helm that is killed. */
export interface Operation {
  name: 'install' | 'upgrade' | 'rollback';
  /** Deployments whose revisions are there before it, oldest first. */
  before: readonly string[];
  /** Deployment whose values must run after it. */
  wanted: string;
}

export const operations: readonly Operation[] = [
  { name: 'install', before: [], wanted: 'd-1' },
  { name: 'upgrade', before: ['d-1'], wanted: 'd-2' },
  { name: 'rollback', before: ['d-1', 'd-2'], wanted: 'd-1' },
];

/** A namespace of a real cluster for the releases, and the real helm as Flow calls it. */
export interface HelmGround extends AsyncDisposable {
  /** How long an operation takes that nobody kills, in milliseconds. */
  howLong(operation: Operation): Promise<number>;
  /** Does the operation with a helm that is killed after a time, brings the release on as the worker would, and says what is wrong with it then. */
  killAndBringOn(operation: Operation, kill: { number: number; killAfterMs: number }): Promise<{ outcome: Outcome; violations: string[] }>;
}

interface Tools {
  client: ClusterClient;
  releases: Releases;
  folder: string;
  namespace: string;
}

/** Makes the namespace in the first real cluster. */
export async function openGround(): Promise<HelmGround> {
  const [cluster] = realClusters();
  if (cluster === undefined) throw new Error('there is no real cluster');
  const folder = mkdtempSync(join(tmpdir(), 'flow-killed-helm-'));
  const namespace = `killed-helm-${folder.slice(-6).toLowerCase()}`;
  const [client, admin] = [connectCluster(cluster.flow), connectCluster(cluster.admin)];
  const made = await client.create({ kind: kinds.namespaces }, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  if (!made.ok) throw new Error(made.detail);
  const releases = await openReleases({ folder, namespace, connection: cluster.flow });
  const tools: Tools = { client, releases, folder, namespace };
  return {
    async howLong(operation) {
      const ref = { namespace, name: `${operation.name}-whole` };
      await prepare(tools, ref, operation);
      const startedAt = performance.now();
      await act(tools, releases.helm, { ref, operation });
      return performance.now() - startedAt;
    },
    async killAndBringOn(operation, { number, killAfterMs }) {
      const ref = { namespace, name: `${operation.name}-${number}` };
      await prepare(tools, ref, operation);
      const killed = await helmKilledAfter(tools, cluster.flow, killAfterMs);
      const ended = await act(tools, killed, { ref, operation }).then(
        () => true,
        () => false,
      );
      const newest = (await readHistory(client, ref)).at(-1);
      const outcome = ended ? 'endedBefore' : newest?.status.startsWith('pending-') === true ? 'pending' : 'untouched';
      await bringOn(tools, ref, operation);
      const violations = await wrongWith(tools, ref, operation);
      await releases.helm.uninstall(ref);
      return { outcome, violations: violations.map((wrong) => `${operation.name} killed after ${Math.round(killAfterMs)} ms: ${wrong}`) };
    },
    async [Symbol.asyncDispose]() {
      await admin.delete({ kind: kinds.namespaces, name: namespace });
      await client[Symbol.asyncDispose]();
      await admin[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function prepare({ releases }: Tools, ref: ReleaseRef, { before }: Operation): Promise<void> {
  for (const deployment of before) await releases.deploy(ref.name, deployment);
}

interface Act {
  ref: ReleaseRef;
  operation: Operation;
}

function act({ releases }: Tools, helm: Helm, { ref, operation }: Act): Promise<void> {
  if (operation.name === 'rollback') return helm.rollback({ ...ref, revision: 1 });
  const { wanted } = operation;
  return helm.upgradeInstall({ ...ref, chart: releases.chart, values: releases.values(wanted), deploymentId: wanted });
}

/** A helm that is killed without a word after a time, whatever it is at. */
function helmKilledAfter(
  { releases, folder }: Tools,
  connection: Parameters<typeof createHelm>[0]['connection'],
  ms: number,
): Promise<Helm> {
  const binary = join(folder, 'killed-helm');
  writeFileSync(binary, `#!/bin/sh\nexec timeout -s KILL ${(Math.max(ms, 1) / 1_000).toFixed(3)} '${releases.helm.binary}' "$@"\n`);
  chmodSync(binary, 0o755);
  return createHelm({ connection, homeDir: releases.homeDir, binary });
}

/** What the worker does with a release whose call may have been made: looks, cures, and makes the call again unless it was. */
async function bringOn(tools: Tools, ref: ReleaseRef, operation: Operation): Promise<void> {
  const { client, releases } = tools;
  if (operation.name === 'rollback') {
    const release = await readRelease(client, ref);
    const isDone = release?.status === 'deployed' && release.revision > operation.before.length;
    if (isDone) return;
    await forgetPendingRollback(client, ref);
    await act(tools, releases.helm, { ref, operation });
    return;
  }
  const isMade = (await readHistory(client, ref)).some((one) => one.deploymentId === operation.wanted && one.status === 'deployed');
  if (isMade) return;
  await cureRelease({ helm: releases.helm, client }, ref);
  await act(tools, releases.helm, { ref, operation });
}

/** Told without Flow's own decisions: one revision is deployed, the newest; its values are those that were asked for; the Rollout in the cluster is of them. */
async function wrongWith({ client, releases }: Tools, ref: ReleaseRef, { wanted }: Operation): Promise<string[]> {
  const history = await readHistory(client, ref);
  const release = await readRelease(client, ref);
  const found = await client.get({ kind: kinds.rollouts, ...ref });
  const runs = found.ok ? projectRollout(found.value).deploymentId : null;
  const isOneDeployed = history.filter(({ status }) => status === 'deployed').length === 1 && history.at(-1)?.status === 'deployed';
  const wrong: readonly [boolean, string][] = [
    [!isOneDeployed, `not the newest revision alone is deployed: ${JSON.stringify(history)}`],
    [!isDeepStrictEqual(release?.values, releases.values(wanted)), `other values are released: ${JSON.stringify(release?.values)}`],
    [runs !== wanted, `the Rollout is of ${String(runs)}, not of ${wanted}`],
  ];
  return wrong.flatMap(([is, what]) => (is ? [what] : []));
}
