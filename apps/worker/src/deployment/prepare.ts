import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { contentHash, flowChartValues, ownValues } from '@flow/core/configuration';
import { configurationSnapshot, plan } from '@flow/core/deployment';
import type { ConfigurationSnapshot, Plan } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import { intendAction, noteTrouble, recordAction } from '@flow/db/action';
import { savePreparation } from '@flow/db/deployment';
import type { DeploymentForDecision, PreparedDeployment } from '@flow/db/deployment';
import { checkManifest, describeWorkload, leastWorkload, renderChart } from '@flow/delivery/chart';
import type { ChartDescription } from '@flow/delivery/chart';
import { readHistory, readRelease } from '@flow/delivery/helm';
import { z } from 'zod';
import { obtainChart } from './charts.ts';
import { findOwnersOfChange } from './code-owners.ts';
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
    await savePreparation(db, prepared);
    const workload = leastWorkload(prepared.manifests.map(({ manifest }) => describeWorkload(manifest)));
    const codeOwners = await findOwnersOfChange(dependencies, work.loaded);
    const result = { workload: workload && { ...workload }, ...(codeOwners === null ? {} : { codeOwners }) };
    await recordAction(db, action, { state: 'done', result, finishedAt: dependencies.now() });
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    const isTrouble = error.code === 'upstream' && error.owner === 'cluster';
    const sentence = [error.message, ...error.fields.map((field) => `${field.path} ${field.message}`)].join('\n');
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
  const snapshot = toSnapshot(work.loaded, planned, chart);
  const manifests = await Promise.all(
    planned.waves.flatMap((wave) => wave.targets).map((target) => renderTarget(dependencies, { work, chart, snapshot, target })),
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

function earlierOf({ repeats }: DeploymentForDecision['deployment']): ConfigurationSnapshot | null {
  return repeats === null ? null : configurationSnapshot.parse(repeats.snapshot);
}

const layer = z.record(z.string(), z.json());

function toSnapshot({ deployment }: DeploymentForDecision, planned: Plan, chart: ChartDescription): ConfigurationSnapshot {
  const { service, environment, artifact } = deployment;
  const image = { repository: artifact.repository, digest: artifact.digest };
  const earlier = earlierOf(deployment);
  const layersOf = (targetId: string) => {
    const then = earlier?.values[targetId];
    if (then !== undefined) return [ownValues(then)];
    const target = environment.targets.find((candidate) => candidate.id === targetId);
    return [service.values, environment.values, target?.values ?? {}].map((values) => layer.parse(values));
  };
  const valuesOf = (targetId: string) => {
    const values = flowChartValues({
      layers: layersOf(targetId),
      mark: markOf(deployment),
      image,
      strategy: planned.strategy,
    });
    return layer.parse(values);
  };
  const targets = planned.waves.flatMap((wave) => wave.targets);
  return {
    image,
    chart: { kind: chartKind.parse(service.chart).kind, name: chart.name, version: chart.version, digest: chart.digest },
    commitSha: artifact.commitSha,
    values: Object.fromEntries(targets.map((target) => [target.targetId, valuesOf(target.targetId)])),
  };
}

const chartKind = z.object({ kind: z.enum(['flow', 'repository']) });

function markOf(deployment: DeploymentForDecision['deployment']): {
  tenant: string;
  service: string;
  environment: string;
  deployment: string;
} {
  return { tenant: deployment.tenantId, service: deployment.serviceId, environment: deployment.environmentId, deployment: deployment.id };
}

interface TargetWork {
  work: Work;
  chart: ChartDescription;
  snapshot: ConfigurationSnapshot;
  target: Plan['waves'][number]['targets'][number];
}

async function renderTarget(
  dependencies: DeploymentDependencies,
  { work, chart, snapshot, target }: TargetWork,
): Promise<PreparedDeployment['manifests'][number]> {
  const { deployment } = work.loaded;
  const manifest = await renderChart({
    chart: chart.path,
    values: snapshot.values[target.targetId] ?? {},
    namespace: target.namespace,
    releaseName: target.releaseName,
    homeDir: join(dependencies.stateDir, 'helm'),
    signal: work.signal,
  });
  const mark = markOf(deployment);
  const labels = {
    'flow.dev/tenant': mark.tenant,
    'flow.dev/service': mark.service,
    'flow.dev/environment': mark.environment,
    'flow.dev/deployment': mark.deployment,
  };
  const faults = checkManifest(manifest, {
    namespace: target.namespace,
    image: `${snapshot.image.repository}@${snapshot.image.digest}`,
    labels,
  });
  if (faults.length > 0)
    throw new FlowError({
      code: 'invalid',
      owner: 'configuration',
      message: `The rendered manifest for ${target.region} holds what may not be created`,
      fields: faults,
    });
  return {
    targetId: target.targetId,
    manifest,
    manifestHash: `sha256:${sha256(manifest)}`,
    previous: await runningManifest(dependencies, target),
  };
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
