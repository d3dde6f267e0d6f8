import { createHash } from 'node:crypto';
import { contentHash } from '@flow/core/configuration';
import { plan } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { intendAction, noteTrouble, recordAction, recordActionWith } from '@flow/db/action';
import { inTransaction } from '@flow/db/client';
import { findAppliedManifest, savePreparation } from '@flow/db/deployment';
import type { DeploymentForDecision, PreparedDeployment } from '@flow/db/deployment';
import { describeWorkload, leastWorkload } from '@flow/delivery/chart';
import type { ChartDescription } from '@flow/delivery/chart';
import { readHistory, readRelease } from '@flow/delivery/helm';
import { obtainChart } from './charts.ts';
import { findOwnersOfChange } from './code-owners.ts';
import { configure, earlierOf, renderTarget, sentenceOf } from './configure.ts';
import type { TargetWork } from './configure.ts';
import type { DeploymentDependencies } from './reconcile.ts';

interface Work {
  loaded: DeploymentForDecision;
  signal: AbortSignal;
}

/**
 * Fixes what would run before anyone approves it: the full values of every target, the chart by digest, the rendered manifests (checked against what a
 * tenant may create) beside what runs now, and the hash over all of it. Nothing is changed in any cluster.
 */
export async function prepare(dependencies: DeploymentDependencies, work: Work): Promise<void> {
  const { deployment } = work.loaded;
  const { db } = dependencies;
  const action = await intendAction(db, {
    tenantId: deployment.tenantId,
    id: dependencies.newId(),
    key: `${deployment.id}/prepare`,
    kind: 'prepare',
    clusterId: deployment.targets[0]?.clusterId ?? '',
    target: {},
    deploymentId: deployment.id,
  });
  if (action.state !== 'intended') return;
  try {
    const prepared = await build(dependencies, work);
    const workload = leastWorkload(prepared.manifests.map(({ manifest }) => describeWorkload(manifest)));
    const codeOwners = await findOwnersOfChange(dependencies, work.loaded);
    const result = { workload: workload && { ...workload }, ...(codeOwners === null ? {} : { codeOwners }) };
    // A worker that slept in here finds that another has prepared it: what was perhaps approved since stays what it is.
    await inTransaction(db, async (tx) => {
      const isFirst = await recordActionWith(tx, action, { state: 'done', result, finishedAt: dependencies.now() });
      if (isFirst) await savePreparation(tx, prepared);
    });
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    const isTrouble = error.code === 'upstream' && error.owner === 'cluster';
    const sentence = sentenceOf(error);
    if (!isTrouble) return recordAction(db, action, { state: 'failed', result: { reason: sentence }, finishedAt: dependencies.now() });
    await noteTrouble(db, action, `${sentence}. Flow tries again`);
    throw error;
  }
}

async function build(dependencies: DeploymentDependencies, work: Work): Promise<PreparedDeployment> {
  const { deployment } = work.loaded;
  const planned = plan.parse(deployment.plan);
  const chart = await obtainChart(dependencies, { service: deployment.service, commitSha: deployment.artifact.commitSha, digest: null });
  refuseOtherChart(work.loaded, chart);
  const snapshot = configure(deployment, { planned, chart });
  const manifests = await Promise.all(
    planned.waves.flatMap((wave) => wave.targets).map((target) => prepareTarget(dependencies, { work, chart, snapshot, target })),
  );
  const hashed = { snapshot, plan: planned, manifests: manifests.map(({ targetId, manifestHash }) => ({ targetId, manifestHash })) };
  return { tenantId: deployment.tenantId, deploymentId: deployment.id, snapshot, snapshotHash: contentHash(hashed, sha256), manifests };
}

/** What is taken again is taken whole: its version with another chart would be something that never ran. */
function refuseOtherChart({ deployment }: DeploymentForDecision, chart: ChartDescription): void {
  const earlier = earlierOf(deployment);
  if (earlier === null || earlier.chart.digest === chart.digest) return;
  throw new FlowError({
    code: 'precondition',
    owner: 'configuration',
    message: `The chart of the earlier deployment (${earlier.chart.name} ${earlier.chart.version}) is no longer there: deploy ${deployment.artifact.version} with the chart of now (${chart.version}) instead`,
  });
}

interface TargetOfWork extends Omit<TargetWork, 'deployment' | 'signal'> {
  work: Work;
}

async function prepareTarget(
  dependencies: DeploymentDependencies,
  { work, ...configured }: TargetOfWork,
): Promise<PreparedDeployment['manifests'][number]> {
  const { target } = configured;
  const manifest = await renderTarget(dependencies, { deployment: work.loaded.deployment, signal: work.signal, ...configured });
  return {
    targetId: target.targetId,
    manifest,
    manifestHash: `sha256:${sha256(manifest)}`,
    previous: await previousManifest(dependencies, { work, target }),
  };
}

/** What runs there, according to its cluster. Where the plan may go on without a cluster that does not answer, what Flow applied there last stands for it. */
async function previousManifest(
  dependencies: DeploymentDependencies,
  { work, target }: Pick<TargetOfWork, 'work' | 'target'>,
): Promise<string> {
  const { deployment } = work.loaded;
  const { tenantId, serviceId } = deployment;
  try {
    return await runningManifest(dependencies, target);
  } catch (error) {
    const isAway = error instanceof FlowError && error.code === 'upstream' && error.owner === 'cluster';
    if (!isAway || plan.parse(deployment.plan).progression.whenUnreachable.kind === 'wait') throw error;
    return findAppliedManifest(dependencies.db.prisma, tenantId, { serviceId, targetId: target.targetId });
  }
}

/** The manifest of the newest good revision of the release; empty before the first install. */
async function runningManifest(dependencies: DeploymentDependencies, target: TargetWork['target']): Promise<string> {
  const { client } = await dependencies.clusters.open(target.clusterId);
  const ref = { namespace: target.namespace, name: target.releaseName };
  const newest = (await readHistory(client, ref)).findLast((revision) => revision.status === 'deployed');
  return newest === undefined ? '' : ((await readRelease(client, ref, newest.revision))?.manifest ?? '');
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
