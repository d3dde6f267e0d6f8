import { FlowError } from '@flow/core/fault';
import { configurationSnapshot, revisionToGoBackTo } from '@flow/core/deployment';
import { intendAction, intendIfPermitted, noteTrouble, recordAction } from '@flow/db/action';
import type { Intent } from '@flow/db/action';
import { findSeenHealthy, releaseKey, saveRelease } from '@flow/db/deployment';
import type { DeploymentForDecision } from '@flow/db/deployment';
import { kinds } from '@flow/delivery/cluster';
import { cureRelease, forgetPendingRollback, readHistory, readRelease } from '@flow/delivery/helm';
import type { ReleaseRevision } from '@flow/delivery/helm';
import { abort, pause, resume } from '@flow/delivery/rollouts';
import { rolloutView } from '@flow/core/rollout';
import { z } from 'zod';
import type { OpenCluster } from '../clusters/clusters.ts';
import { obtainChart } from './charts.ts';
import { holdRelease } from './hold-release.ts';
import type { HeldRelease } from './hold-release.ts';
import { mayApply } from './permits.ts';
import type { DeploymentDependencies } from './reconcile.ts';

type LoadedTarget = DeploymentForDecision['deployment']['targets'][number];

/** An effect on the release of one target. */
export interface ReleaseEffect {
  loaded: DeploymentForDecision;
  target: LoadedTarget;
  key: string;
  signal: AbortSignal;
}

const helmTimeoutMs = 4 * 60_000;

/**
 * Installs or upgrades the release of a target. The intent, with the revision to go back to, is written first; after a crash the history of the release
 * tells by its labels whether the call was made, and a release that a killed helm left pending is cured before it is tried again.
 */
export async function applyRelease(dependencies: DeploymentDependencies, effect: ReleaseEffect): Promise<void> {
  const { deployment } = effect.loaded;
  const snapshot = configurationSnapshot.parse(deployment.snapshot);
  await withRelease(dependencies, effect, async ({ cluster, ref, signal }) => {
    const before = await readHistory(cluster.client, ref);
    const intent = { kind: 'helm-upgrade', target: { previousRevision: await wayBackOf(dependencies, effect, before) } };
    const asking = { loaded: effect.loaded, timeIn: dependencies.timeIn };
    const action = await intendIfPermitted(dependencies.db, intentOf(dependencies, effect, intent), mayApply(asking, effect.target));
    // Something has come between the start and this: it is decided anew.
    if (action === null) return;
    await saveRelease(dependencies.db, effect.target, { previousRevision: upgradeIntent.parse(action.target).previousRevision });
    await settle(dependencies, { action, troubleIn: effect.target.region }, async () => {
      const made = revisionOf(before, deployment.id);
      refuseWhatWasTakenBack(made, before, effect.target);
      if (made === undefined) {
        const chart = await obtainChart(dependencies, {
          service: deployment.service,
          commitSha: snapshot.commitSha,
          digest: snapshot.chart.digest,
        });
        await cureRelease(cluster, { ...ref, signal });
        await ensureNamespace(cluster, ref.namespace);
        const values = snapshot.values[effect.target.targetId] ?? {};
        await cluster.helm.upgradeInstall({
          ...ref,
          chart: chart.path,
          values,
          deploymentId: deployment.id,
          timeoutMs: helmTimeoutMs,
          signal,
        });
      }
      const now = made ?? revisionOf(await readHistory(cluster.client, ref), deployment.id);
      await saveRelease(dependencies.db, effect.target, now === undefined ? {} : { releaseRevision: now.revision });
    });
  });
}

/**
 * A release that has gone on from what this deployment made, without Flow knowing: its database was taken back to an earlier moment, or somebody else used
 * Helm between the call and its record. It may have been taken back for being bad, so it is not applied once more.
 */
function refuseWhatWasTakenBack(made: ReleaseRevision | undefined, history: readonly ReleaseRevision[], target: LoadedTarget): void {
  const newest = history.at(-1);
  if (made === undefined || newest === undefined || newest.revision <= made.revision) return;
  throw new FlowError({
    code: 'invalid',
    owner: 'cluster',
    message: `Helm revision ${newest.revision} of ${target.releaseName} came after revision ${made.revision}, which this deployment had made, and Flow has no record of it: look at what runs there, and deploy again if it is still wanted`,
  });
}

const upgradeIntent = z.object({ previousRevision: z.number().nullable() });
const rollbackIntent = z.object({ baseRevision: z.number() });

/** Takes the release of a target back to an earlier revision, once: a repeat sees by description and number that it was done. */
export async function rollBackRelease(dependencies: DeploymentDependencies, effect: ReleaseEffect & { toRevision: number }): Promise<void> {
  await withRelease(dependencies, effect, async ({ cluster, ref, signal }) => {
    const newest = (await readHistory(cluster.client, ref)).at(-1);
    const action = await intend(dependencies, effect, {
      kind: 'helm-rollback',
      target: { toRevision: effect.toRevision, baseRevision: newest?.revision ?? 0 },
    });
    await settle(dependencies, { action, troubleIn: effect.target.region }, async () => {
      const { baseRevision } = rollbackIntent.parse(action.target);
      const release = await readRelease(cluster.client, ref);
      const isDone =
        release !== null &&
        release.revision > baseRevision &&
        release.status === 'deployed' &&
        release.description.includes(`Rollback to ${effect.toRevision}`);
      if (isDone) return;
      await forgetPendingRollback(cluster.client, ref);
      await cluster.helm.rollback({ ...ref, revision: effect.toRevision, timeoutMs: helmTimeoutMs, signal });
    });
  });
}

/** Takes traffic off a living canary at once. A canary that is gone, replaced or aborted already needs nothing. */
export async function abortCanary(dependencies: DeploymentDependencies, effect: ReleaseEffect): Promise<void> {
  const rollout = rolloutView.nullable().parse(effect.loaded.rollouts.get(releaseKey(effect.target)) ?? null);
  const action = await intend(dependencies, effect, { kind: 'rollout-takeBack', target: { podHash: rollout?.currentPodHash ?? '' } });
  await settle(dependencies, { action, troubleIn: effect.target.region }, async () => {
    if (rollout === null) return;
    const cluster = await dependencies.clusters.open(effect.target.clusterId);
    await abort(cluster.client, refOf(effect.target), { uid: rollout.uid, podHash: rollout.currentPodHash });
  });
}

/** Pauses a living canary where it stands, because of a hold. One that is gone, replaced or held already needs nothing. */
export async function holdCanary(
  dependencies: DeploymentDependencies,
  effect: ReleaseEffect & { hold: { id: string; sentence: string } },
): Promise<void> {
  await steer(dependencies, effect, { kind: 'rollout-hold', target: { hold: { ...effect.hold } }, act: pause });
}

/** Lets a canary go on that a hold has paused. One that a person has resumed needs nothing. */
export async function releaseCanary(dependencies: DeploymentDependencies, effect: ReleaseEffect & { holdId: string }): Promise<void> {
  await steer(dependencies, effect, { kind: 'rollout-release', target: { holdId: effect.holdId }, act: resume });
}

/** A guarded patch of a canary under its intent: refused by the cluster when the canary has moved on, which is as good as done. */
async function steer(
  dependencies: DeploymentDependencies,
  effect: ReleaseEffect,
  wanted: { kind: string; target: IntentTarget; act: typeof pause },
): Promise<void> {
  const rollout = rolloutView.nullable().parse(effect.loaded.rollouts.get(releaseKey(effect.target)) ?? null);
  const action = await intend(dependencies, effect, { kind: wanted.kind, target: wanted.target });
  await settle(dependencies, { action, troubleIn: effect.target.region }, async () => {
    if (rollout === null) return;
    const cluster = await dependencies.clusters.open(effect.target.clusterId);
    await wanted.act(cluster.client, refOf(effect.target), { uid: rollout.uid, podHash: rollout.currentPodHash });
  });
}

function refOf(target: LoadedTarget): { namespace: string; name: string } {
  return { namespace: target.namespace, name: target.releaseName };
}

/** The revision to go back to: what was seen healthy here, not what Helm calls deployed. */
async function wayBackOf(
  { db }: DeploymentDependencies,
  { loaded: { deployment }, target }: ReleaseEffect,
  history: readonly ReleaseRevision[],
): Promise<number | null> {
  const deploymentIds = history.flatMap((kept) => kept.deploymentId ?? []);
  const seen = await findSeenHealthy(db.prisma, deployment.tenantId, { targetId: target.targetId, deploymentIds });
  const kept = history.map((revision) => ({ ...revision, isFinished: isFinished(revision) }));
  return revisionToGoBackTo(kept, { deploymentId: deployment.id, seen });
}

/** The revision that this deployment has made, once Helm has finished with it. */
function revisionOf(history: readonly ReleaseRevision[], deploymentId: string): ReleaseRevision | undefined {
  return history.findLast((revision) => isFinished(revision) && revision.deploymentId === deploymentId);
}

function isFinished({ status }: ReleaseRevision): boolean {
  return status === 'deployed' || status === 'superseded';
}

type IntentTarget = Record<string, string | number | null | { id: string; sentence: string }>;

type Action = Awaited<ReturnType<typeof intendAction>>;

interface WantedAct {
  kind: string;
  target: IntentTarget;
}

function intend(dependencies: DeploymentDependencies, effect: ReleaseEffect, wanted: WantedAct): Promise<Action> {
  return intendAction(dependencies.db, intentOf(dependencies, effect, wanted));
}

function intentOf(dependencies: DeploymentDependencies, effect: ReleaseEffect, wanted: WantedAct): Intent {
  const { deployment } = effect.loaded;
  return {
    tenantId: deployment.tenantId,
    id: dependencies.newId(),
    key: effect.key,
    clusterId: effect.target.clusterId,
    deploymentId: deployment.id,
    targetDeploymentId: effect.target.id,
    ...wanted,
  };
}

/**
 * Runs an act under its intent. What trying again cannot mend (the chart, the values) ends the action as failed; anything else (the cluster does not
 * answer) is noted as trouble, and thrown so that the job comes back.
 */
async function settle(
  dependencies: DeploymentDependencies,
  about: { action: Action; troubleIn: string },
  act: () => Promise<void>,
): Promise<void> {
  const { db } = dependencies;
  const { action } = about;
  if (action.state !== 'intended') return;
  try {
    await act();
    await recordAction(db, action, { state: 'done', result: {}, finishedAt: dependencies.now() });
  } catch (error) {
    const isFinal = error instanceof FlowError && (error.owner === 'configuration' || error.code === 'invalid');
    const sentence = `${about.troubleIn}: ${error instanceof FlowError ? error.message : 'Flow could not do it; see the log of the worker'}`;
    if (isFinal) await recordAction(db, action, { state: 'failed', result: { reason: sentence }, finishedAt: dependencies.now() });
    else {
      await noteTrouble(db, action, `${sentence}. Flow tries again`);
      throw error;
    }
  }
}

/** One helm at a time for each release, over all workers. */
async function withRelease(
  dependencies: DeploymentDependencies,
  effect: ReleaseEffect,
  act: (held: HeldRelease) => Promise<void>,
): Promise<void> {
  const { clusterId, region } = effect.target;
  const held = { clusterId, ref: refOf(effect.target), by: effect.loaded.deployment.id, signal: effect.signal };
  if (await holdRelease(dependencies, held, act)) return;
  throw new FlowError({ code: 'conflict', owner: 'flow', message: `Another helm works on ${held.ref.name} in ${region}` });
}

/** Targets are made on demand: a namespace that is there already is as good. */
async function ensureNamespace(cluster: OpenCluster, namespace: string): Promise<void> {
  const created = await cluster.client.create(
    { kind: kinds.namespaces },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: { 'flow.dev/managed': 'true' } } },
  );
  if (!created.ok && created.status !== 409)
    throw new FlowError({ code: 'upstream', owner: 'cluster', message: `The namespace ${namespace} cannot be made: ${created.message}` });
}
