import { deploymentState } from '@flow/core/deployment';
import type { Decision } from '@flow/core/deployment';
import type { Beside, DeploymentForDecision } from '@flow/db/deployment';
import { listOpenFindings } from '@flow/db/verdict';
import { hasNews, keepVerdict } from '@flow/operations/verdict';
import type { Judgement, KeptDecision } from '@flow/operations/verdict';
import type { Past } from './past.ts';

/** What is kept beside a told decision, as the worker keeps it: rules can be tried on the past of the demo, and its ledger counts it. */
export async function keepBeside(
  past: Past,
  deployment: DeploymentForDecision['deployment'],
  { decision, judgement, at }: { decision: Decision; judgement: Judgement; at: Date },
): Promise<Beside> {
  const { id: deploymentId, tenantId, serviceId, environmentId, artifactId, kind } = deployment;
  const begins = decision.targets.some(
    ({ id, state }) => state === 'applying' && deployment.targets.find((target) => target.id === id)?.state === 'pending',
  );
  const kept: KeptDecision = {
    subject: { deploymentId, serviceId, environmentId, artifactId, digest: deployment.artifact.digest },
    kind,
    before: deploymentState.parse(deployment.state),
    after: decision.state,
    begins: begins ? (deployment.startedAt === null ? 'started' : 'wave') : null,
    open: await listOpenFindings(past.db.prisma, tenantId, deploymentId),
    judgement,
    at,
    newId: () => past.context.operation(tenantId).newId(),
  };
  return { hasNews: hasNews(kept), write: (tx) => keepVerdict(tx, tenantId, kept) };
}
