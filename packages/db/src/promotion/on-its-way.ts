import { deploymentState, targetState, terminalDeploymentStates } from '@flow/core/deployment';
import type { TargetState } from '@flow/core/deployment';
import type { OnItsWay } from '@flow/core/promotion';
import { rolloutView } from '@flow/core/rollout';
import type { Tx } from '../client/index.ts';

export interface DeploymentOnItsWay extends Omit<OnItsWay, 'hasCommit'> {
  commitSha: string;
}

/** Deployments of a service that have not ended, region by region, with the share of the traffic that each has there. */
export async function listOnItsWay(reader: Tx, tenantId: string, serviceId: string): Promise<DeploymentOnItsWay[]> {
  const rows = await reader.deployment.findMany({
    where: { tenantId, serviceId, state: { notIn: [...terminalDeploymentStates] } },
    select: {
      id: true,
      environmentId: true,
      state: true,
      artifact: { select: { version: true, commitSha: true } },
      targets: { select: { region: true, state: true, observed: true } },
    },
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: 100,
  });
  return rows.flatMap(({ id, environmentId, state, artifact, targets }) => {
    const hasBegun = ['deploying', 'baking', 'paused', 'rollingBack'].includes(deploymentState.parse(state));
    return targets.flatMap((target) => {
      const stage = hasBegun ? stageOf(targetState.parse(target.state)) : 'waits';
      if (stage === null) return [];
      const view = rolloutView.safeParse(target.observed).data;
      // What was seen of an earlier revision is not its share.
      const weightPercent = stage === 'moves' && view?.deploymentId === id ? view.canaryWeight : 0;
      return [{ deploymentId: id, environmentId, region: target.region, ...artifact, stage, weightPercent }];
    });
  });
}

/** Null where it has settled: what runs there is known from then on. */
function stageOf(state: TargetState): OnItsWay['stage'] | null {
  switch (state) {
    case 'pending':
      return 'waits';
    case 'applying':
    case 'progressing':
    case 'paused':
    case 'rollingBack':
      return 'moves';
    case 'healthy':
    case 'aborted':
    case 'rolledBack':
    case 'failed':
    case 'skipped':
      return null;
  }
}
