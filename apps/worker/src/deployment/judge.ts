import { deploymentState, plan } from '@flow/core/deployment';
import { analysisView } from '@flow/core/rollout';
import type { Tx } from '@flow/db/client';
import { workloadOf } from '@flow/db/deployment';
import type { DeploymentForDecision } from '@flow/db/deployment';
import { judgeDeployment } from '@flow/operations/verdict';
import type { Judgement } from '@flow/operations/verdict';
import { z } from 'zod';

/** What the rules say of a deployment as it was loaded: outside of a transaction, or within the one that acts on it. */
export function judge(reader: Tx, loaded: DeploymentForDecision, at: { now: Date; isWhole?: boolean }): Promise<Judgement> {
  const { deployment, names, actions } = loaded;
  const { tenantId, id, serviceId, environmentId, artifactId, kind, invoker, snapshotHash } = deployment;
  const preparation = actions.find((candidate) => candidate.key === `${id}/prepare`);
  return judgeDeployment(reader, tenantId, {
    ...at,
    deployment: {
      id,
      serviceId,
      environmentId,
      artifactId,
      kind,
      invoker,
      snapshotHash,
      createdAt: deployment.createdAt,
      notBefore: deployment.notBefore,
      state: deploymentState.parse(deployment.state),
      plan: plan.parse(deployment.plan),
      requestedBy: deployment.requestedBy,
      requestedByName: names.get(deployment.requestedBy ?? '') ?? 'Flow',
      workload: workloadOf(preparation?.result),
      startedAt: deployment.startedAt,
      targets: deployment.targets.map(({ region, state, podHash, analyses }) => ({
        region,
        state,
        podHash,
        analyses: z.array(analysisView).parse(analyses),
      })),
    },
  });
}
