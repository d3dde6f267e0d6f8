import { join } from 'node:path';
import { flowChartValues, ownValues } from '@flow/core/configuration';
import { configurationSnapshot } from '@flow/core/deployment';
import type { ConfigurationSnapshot, Plan } from '@flow/core/deployment';
import { FlowError } from '@flow/core/fault';
import type { LoadedDeployment } from '@flow/db/deployment';
import { checkManifest, renderChart } from '@flow/delivery/chart';
import type { ChartDescription } from '@flow/delivery/chart';
import { z } from 'zod';

/** What the configuration of a deployment is made of. */
export type Configured = Pick<
  LoadedDeployment,
  'tenantId' | 'id' | 'serviceId' | 'environmentId' | 'service' | 'environment' | 'artifact' | 'repeats'
>;

/** The configuration of the earlier deployment that is taken again; null when this one has that of now. */
export function earlierOf({ repeats }: Pick<Configured, 'repeats'>): ConfigurationSnapshot | null {
  return repeats === null ? null : configurationSnapshot.parse(repeats.snapshot);
}

const layer = z.record(z.string(), z.json());
const chartKind = z.object({ kind: z.enum(['flow', 'repository']) });

/** The full values of every target of a plan, with the image and the chart. */
export function configure(
  deployment: Configured,
  { planned, chart }: { planned: Pick<Plan, 'waves' | 'strategy'>; chart: ChartDescription },
): ConfigurationSnapshot {
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

function markOf(deployment: Configured): { tenant: string; service: string; environment: string; deployment: string } {
  return { tenant: deployment.tenantId, service: deployment.serviceId, environment: deployment.environmentId, deployment: deployment.id };
}

/** One target of what is configured. */
export interface TargetWork {
  deployment: Configured;
  chart: ChartDescription;
  snapshot: ConfigurationSnapshot;
  target: Plan['waves'][number]['targets'][number];
  signal: AbortSignal;
}

/** The manifest that Helm would apply in a target, checked against what a tenant may create. No cluster is asked. */
export async function renderTarget({ stateDir }: { stateDir: string }, work: TargetWork): Promise<string> {
  const { deployment, chart, snapshot, target, signal } = work;
  const manifest = await renderChart({
    chart: chart.path,
    values: snapshot.values[target.targetId] ?? {},
    namespace: target.namespace,
    releaseName: target.releaseName,
    homeDir: join(stateDir, 'helm'),
    signal,
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
  if (faults.length === 0) return manifest;
  throw new FlowError({
    code: 'invalid',
    owner: 'configuration',
    message: `The rendered manifest for ${target.region} holds what may not be created`,
    fields: faults,
  });
}

/** What a person reads of a fault: its sentence, and below it what is wrong in which field. */
export function sentenceOf({ message, fields }: FlowError): string {
  return [message, ...fields.map((field) => `${field.path} ${field.message}`)].join('\n');
}
