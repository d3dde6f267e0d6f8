import { actionState } from '../action/index.ts';
import type { Database } from '../client/index.ts';
import type { LoadedAction } from '../deployment/index.ts';
import type { Prisma } from '../generated/client.ts';

const included = {
  stages: { orderBy: { position: 'asc' } },
  segments: { orderBy: { ordinal: 'asc' } },
  service: true,
} as const satisfies Prisma.PipelineRunInclude;

export type LoadedRun = Prisma.PipelineRunGetPayload<{ include: typeof included }>;

export interface RunForDecision {
  run: LoadedRun;
  actions: readonly LoadedAction[];
  /** View of the newest segment's Workflow, still to be parsed; null when it was not observed. */
  workflow: unknown;
  /** Name of the person who asked to cancel it. */
  cancelledBy: string | null;
  /** Deployments that the run's stages asked for, by stage key. */
  deployments: ReadonlyMap<string, { id: string; state: string; reason: string | null; targets: readonly { state: string }[] }>;
}

/** Everything that the machine of one run looks at, in a handful of queries by key; undefined when it is not there. */
export async function loadRun(db: Database, tenantId: string, id: string): Promise<RunForDecision | undefined> {
  const run = await db.prisma.pipelineRun.findUnique({ where: { tenantId_id: { tenantId, id } }, include: included });
  if (run === null) return undefined;
  const newest = run.segments.at(-1);
  const [actions, observed, deployments] = await Promise.all([
    db.prisma.engineAction.findMany({ where: { tenantId, runId: id }, orderBy: { createdAt: 'asc' } }),
    newest === undefined
      ? null
      : db.prisma.observedObject.findFirst({
          where: { tenantId, runId: id, resource: 'workflows', name: newest.workflowName, deletedAt: null },
          select: { view: true },
        }),
    db.prisma.deployment.findMany({
      where: { tenantId, id: { in: run.stages.flatMap((stage) => stage.deploymentId ?? []) } },
      include: { targets: { select: { state: true } } },
    }),
  ]);
  const byId = new Map(deployments.map((deployment) => [deployment.id, deployment]));
  const canceller =
    run.cancelRequestedBy === null
      ? null
      : await db.prisma.user.findUnique({ where: { id: run.cancelRequestedBy }, select: { name: true } });
  return {
    run,
    cancelledBy: canceller?.name ?? null,
    actions: actions.map((action) => ({ ...action, state: actionState.parse(action.state) })),
    workflow: observed?.view ?? null,
    deployments: new Map(
      run.stages.flatMap((stage) => (stage.deploymentId === null ? [] : entryOf(stage.key, byId.get(stage.deploymentId)))),
    ),
  };
}

function entryOf<Value>(key: string, value: Value | undefined): [string, Value][] {
  return value === undefined ? [] : [[key, value]];
}
