import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FlowError } from '@flow/core/fault';
import { describeChart, serviceChart } from '@flow/delivery/chart';
import type { ChartDescription } from '@flow/delivery/chart';
import { z } from 'zod';
import type { DeploymentDependencies } from './reconcile.ts';

const chartSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('flow') }),
  z.object({ kind: z.literal('repository'), path: z.string() }),
]);

export interface WantedChart {
  service: { repositoryUrl: string; chart: unknown };
  commitSha: string;
  /** The digest that was approved; null the first time. */
  digest: string | null;
}

/**
 * The chart of a service on this machine: Flow's own, or the folder of the commit, fetched once for each commit. When a digest was approved,
 * exactly that chart is given or none.
 */
export async function obtainChart(
  dependencies: Pick<DeploymentDependencies, 'git' | 'stateDir'>,
  wanted: WantedChart,
): Promise<ChartDescription> {
  const source = chartSource.parse(wanted.service.chart);
  const chart = source.kind === 'flow' ? await serviceChart() : await fromCommit(dependencies, wanted, source.path);
  if (wanted.digest === null || wanted.digest === chart.digest) return chart;
  throw new FlowError({
    code: 'precondition',
    owner: 'configuration',
    message: `The chart is not the one that was prepared (${chart.digest.slice(0, 19)}… instead of ${wanted.digest.slice(0, 19)}…): ask for the deployment again`,
  });
}

async function fromCommit(
  dependencies: Pick<DeploymentDependencies, 'git' | 'stateDir'>,
  wanted: WantedChart,
  path: string,
): Promise<ChartDescription> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/.test(path) || path.split('/').includes('..')) {
    throw new FlowError({
      code: 'invalid',
      owner: 'configuration',
      message: 'The chart of the service must be a folder of its repository',
    });
  }
  const folder = join(dependencies.stateDir, 'charts', wanted.commitSha);
  if (!(await exists(folder))) {
    // Written beside and moved into place, so that a half-written chart is never used.
    const fresh = `${folder}.${randomUUID()}`;
    await mkdir(fresh, { recursive: true });
    await dependencies.git.writeFolder({ repositoryUrl: wanted.service.repositoryUrl, sha: wanted.commitSha }, { path, folder: fresh });
    await rename(fresh, folder).catch(() => rm(fresh, { recursive: true, force: true }));
  }
  return describeChart(join(folder, path));
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
