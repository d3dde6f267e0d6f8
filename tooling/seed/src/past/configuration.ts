import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { contentHash, flowChartValues } from '@flow/core/configuration';
import { plan } from '@flow/core/deployment';
import type { ConfigurationSnapshot } from '@flow/core/deployment';
import type { DeploymentForDecision, PreparedDeployment } from '@flow/db/deployment';
import { renderChart } from '@flow/delivery/chart';
import { z } from 'zod';
import type { Past } from './past.ts';

type Loaded = DeploymentForDecision['deployment'];

const layer = z.record(z.string(), z.json());
/** What stands for the image and the deployment in a manifest that is rendered once for all versions of a service. */
const anyDigest = `sha256:${'0'.repeat(64)}`;
const anyDeployment = 'any-deployment';
const rendered = new Map<string, Promise<string>>();

/** The configuration of a deployment of the past with its manifests, as they would have been prepared. `previous` is what ran there before. */
export async function fixConfiguration(past: Past, deployment: Loaded, previous: Loaded | null): Promise<PreparedDeployment> {
  const planned = plan.parse(deployment.plan);
  const { artifact, tenantId, id } = deployment;
  const targets = planned.waves.flatMap((wave) => wave.targets);
  const snapshot: ConfigurationSnapshot = {
    image: { repository: artifact.repository, digest: artifact.digest },
    chart: { kind: 'flow', name: past.chart.name, version: past.chart.version, digest: past.chart.digest },
    commitSha: artifact.commitSha,
    values: Object.fromEntries(targets.map(({ targetId }) => [targetId, valuesOf(deployment, { digest: artifact.digest, mark: id })])),
  };
  const manifests = await Promise.all(
    targets.map(async ({ targetId }) => {
      const template = await manifestOf(past, deployment);
      const fill = (of: Loaded): string => template.replaceAll(anyDigest, of.artifact.digest).replaceAll(anyDeployment, of.id);
      const manifest = fill(deployment);
      return { targetId, manifest, manifestHash: `sha256:${sha256(manifest)}`, previous: previous === null ? '' : fill(previous) };
    }),
  );
  const hashed = { snapshot, plan: planned, manifests: manifests.map(({ targetId, manifestHash }) => ({ targetId, manifestHash })) };
  return { tenantId, deploymentId: id, snapshot, snapshotHash: contentHash(hashed, sha256), manifests };
}

function valuesOf(deployment: Loaded, of: { digest: string; mark: string }): ConfigurationSnapshot['values'][string] {
  const { service, environment, artifact, tenantId } = deployment;
  const values = flowChartValues({
    layers: [service.values, environment.values].map((one) => layer.parse(one)),
    mark: { tenant: tenantId, service: service.id, environment: environment.id, deployment: of.mark },
    image: { repository: artifact.repository, digest: of.digest },
    strategy: plan.parse(deployment.plan).strategy,
  });
  return layer.parse(values);
}

/** All regions of an environment of the demo have the same values and namespace: one rendering does for all of them. */
function manifestOf(past: Past, deployment: Loaded): Promise<string> {
  const key = `${deployment.serviceId}/${deployment.environmentId}`;
  const known = rendered.get(key);
  if (known !== undefined) return known;
  const rendering = renderChart({
    chart: past.chart.path,
    values: valuesOf(deployment, { digest: anyDigest, mark: anyDeployment }),
    namespace: deployment.targets[0]?.namespace ?? '',
    releaseName: deployment.service.slug,
    homeDir: join(past.context.stateDir, 'helm'),
  });
  rendered.set(key, rendering);
  return rendering;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
