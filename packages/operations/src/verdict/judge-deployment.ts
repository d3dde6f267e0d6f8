import type { DeploymentState, Plan } from '@flow/core/deployment';
import { evaluate } from '@flow/core/verdict';
import type { Verdict } from '@flow/core/verdict';
import type { Tx } from '@flow/db/client';
import { loadVerdictContext } from './load-verdict-context.ts';
import type { AskedFor } from './load-verdict-context.ts';

/** A deployment as far as the rules look at it. */
export interface JudgedDeployment {
  id: string;
  serviceId: string;
  environmentId: string;
  artifactId: string;
  kind: string;
  state: DeploymentState;
  invoker: string;
  plan: Plan;
  /** Empty before it is prepared. */
  snapshotHash: string;
  requestedByName: string;
  /** What its manifests say, as they were rendered; null before. */
  workload: AskedFor['workload'];
}

/** The verdict on a deployment at this moment, by the same function and context as every preview. */
export async function judgeDeployment(reader: Tx, tenantId: string, judged: { deployment: JudgedDeployment; now: Date }): Promise<Verdict> {
  const { deployment } = judged;
  const kind = deployment.kind === 'rollback' ? 'rollback' : 'deploy';
  const request = {
    deploymentId: deployment.id,
    kind,
    subjectHash: deployment.snapshotHash === '' ? null : deployment.snapshotHash,
  } as const;
  return evaluate(request, await loadVerdictContext(reader, tenantId, askedOf(judged)));
}

function askedOf({ deployment, now }: { deployment: JudgedDeployment; now: Date }): AskedFor {
  const { id: deploymentId, serviceId, environmentId, artifactId, state, plan, workload } = deployment;
  const isRollback = deployment.kind === 'rollback';
  const hasBegun = state === 'deploying' || state === 'baking';
  return {
    deploymentId,
    serviceId,
    environmentId,
    artifactId,
    plan,
    workload,
    now,
    kind: isRollback ? 'rollback' : 'deploy',
    action: isRollback ? 'rollback' : hasBegun ? 'advance' : 'create',
    invoker: deployment.invoker === 'automation' ? 'automation' : 'person',
    by: deployment.requestedByName,
    // Between two waves the next one is in question; within one, the step.
    beginsWave: state !== 'deploying',
  };
}
