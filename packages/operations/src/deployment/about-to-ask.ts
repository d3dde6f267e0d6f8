import { actorName } from '@flow/core/rights';
import type { Invoker } from '@flow/core/rule';
import type { OperationContext } from '../context/index.ts';
import type { AskedFor } from '../verdict/index.ts';

interface About {
  serviceId: string;
  environmentId: string;
  /** Null for the newest of the service. */
  artifactId: string | null;
  kind: 'deploy' | 'rollback';
  invoker: Invoker;
  /** The earlier deployment that is taken again; none unless given. */
  repeatsId?: string | null;
}

/** What rules look at of a deployment that is not there yet, by the plan that its environment would give. */
export function aboutToAsk(
  ctx: OperationContext,
  { serviceId, environmentId, artifactId, kind, invoker, repeatsId = null }: About,
): AskedFor {
  return {
    serviceId,
    environmentId,
    artifactId,
    kind,
    invoker,
    deploymentId: null,
    repeatsId,
    action: kind === 'rollback' ? 'rollback' : 'create',
    by: actorName(ctx.actor),
    plan: null,
    workload: null,
    beginsWave: true,
    line: null,
    now: ctx.now,
  };
}
