import { join } from 'node:path';
import { flowChartValues } from '@flow/core/configuration';
import type { Strategy } from '@flow/core/deployment';
import { serviceChart } from '@flow/delivery/chart';
import { createHelm, type Helm } from '@flow/delivery/helm';
import type { Engine } from '../engine/engine.ts';

/** What a release differs in from the others of the suite. */
export interface ReleaseOptions {
  layer?: Record<string, unknown>;
  analysis?: Strategy['analysis'];
  steps?: Strategy['steps'];
}

/** Releases of Flow's chart by helm, as the worker makes them. */
export interface Releases {
  helm: Helm;
  chart: string;
  homeDir: string;
  values(deploymentId: string, options?: ReleaseOptions): Record<string, unknown>;
  /** Deploys the release of this name. */
  deploy(name: string, deploymentId: string, options?: ReleaseOptions): Promise<void>;
}

const halfThenPause: Strategy['steps'] = [{ kind: 'weight', percent: 50 }, { kind: 'pause' }];

/** The helm of an engine with Flow's chart. */
export async function openReleases(engine: Pick<Engine, 'folder' | 'namespace' | 'connection'>): Promise<Releases> {
  const homeDir = join(engine.folder, 'helm');
  const helm = await createHelm({ connection: engine.connection, homeDir });
  const chart = (await serviceChart()).path;
  const values: Releases['values'] = (deployment, { layer = {}, analysis = null, steps = halfThenPause } = {}) =>
    flowChartValues({
      layers: [{ replicas: 2, probes: { readinessPath: '', livenessPath: '' } }, layer],
      mark: { tenant: 'shop', service: 'checkout', environment: 'prod', deployment },
      image: { repository: 'registry.invalid/checkout', digest: `sha256:${'a'.repeat(64)}` },
      strategy: { steps, analysis },
    });
  const deploy: Releases['deploy'] = (name, deploymentId, options) =>
    helm.upgradeInstall({ namespace: engine.namespace, name, chart, deploymentId, values: values(deploymentId, options) });
  return { helm, chart, homeDir, values, deploy };
}
