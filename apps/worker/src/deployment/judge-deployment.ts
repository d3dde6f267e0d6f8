import { deploymentState, plan } from '@flow/core/deployment';
import { evaluate } from '@flow/core/verdict';
import type { DeploymentRequest, Verdict } from '@flow/core/verdict';
import type { Database } from '@flow/db/client';
import type { DeploymentForDecision } from '@flow/db/deployment';
import { loadVerdictContext } from '@flow/operations/verdict';
import type { AskedFor } from '@flow/operations/verdict';
import { z } from 'zod';

/** The verdict on a deployment at this moment, by the same function and context as every preview. */
export async function judgeDeployment(db: Database, loaded: DeploymentForDecision, now: Date): Promise<Verdict> {
  const { deployment } = loaded;
  const request: DeploymentRequest = {
    deploymentId: deployment.id,
    kind: kindOf(deployment),
    subjectHash: deployment.snapshotHash === '' ? null : deployment.snapshotHash,
  };
  return evaluate(request, await loadVerdictContext(db.prisma, deployment.tenantId, askedOf(loaded, now)));
}

function askedOf(loaded: DeploymentForDecision, now: Date): AskedFor {
  const { deployment, names } = loaded;
  const state = deploymentState.parse(deployment.state);
  const hasBegun = state === 'deploying' || state === 'baking';
  return {
    serviceId: deployment.serviceId,
    environmentId: deployment.environmentId,
    artifactId: deployment.artifactId,
    deploymentId: deployment.id,
    kind: kindOf(deployment),
    action: kindOf(deployment) === 'rollback' ? 'rollback' : hasBegun ? 'advance' : 'create',
    invoker: deployment.invoker === 'automation' ? 'automation' : 'person',
    by: names.get(deployment.requestedBy ?? '') ?? 'Flow',
    plan: plan.parse(deployment.plan),
    workload: workloadOf(loaded),
    // Between two waves the next one is in question; within one, the step.
    beginsWave: state !== 'deploying',
    now,
  };
}

function kindOf(deployment: { kind: string }): 'deploy' | 'rollback' {
  return deployment.kind === 'rollback' ? 'rollback' : 'deploy';
}

const prepared = z.object({
  workload: z.object({ replicas: z.number(), disruptionBudget: z.number().nullable(), hasResources: z.boolean() }).nullable(),
});

/** What its manifests say, as they were rendered; null before. */
function workloadOf({ deployment, actions }: DeploymentForDecision): AskedFor['workload'] {
  const action = actions.find((candidate) => candidate.key === `${deployment.id}/prepare`);
  return prepared.safeParse(action?.result).data?.workload ?? null;
}
