import { deploymentState, isTerminal } from '@flow/core/deployment';
import { beginAction, recordAction } from '@flow/db/action';
import type { DeploymentForDecision, LoadedAction } from '@flow/db/deployment';
import { eventChannel } from '@flow/db/events';
import { mayStill } from '@flow/db/tenancy';
import { abort, pause, promote, promoteFully, resume, retry, skipStep } from '@flow/delivery/rollouts';
import type { ActionOutcome, RolloutGuard, RolloutRef } from '@flow/delivery/rollouts';
import type { ClusterClient } from '@flow/delivery/cluster';
import { z } from 'zod';
import type { DeploymentDependencies } from './reconcile.ts';

type Act = (client: ClusterClient, ref: RolloutRef, guard: RolloutGuard) => Promise<ActionOutcome>;

/** What a person may ask of a canary, by the kind of the action row. */
const acts: Readonly<Record<string, Act>> = {
  'rollout-promote': promote,
  'rollout-promote-fully': promoteFully,
  'rollout-skip': skipStep,
  'rollout-pause': pause,
  'rollout-resume': resume,
  'rollout-abort': abort,
  'rollout-retry': retry,
};

const guard = z.object({ uid: z.string(), podHash: z.string(), stepIndex: z.number().nullish(), pauseStartedAt: z.string().nullish() });

/**
 * Carries out what people asked for on this deployment's canaries, oldest first. True when there was something.
 * Each names the revision, step and pause that the person saw: when the world has moved on it is refused, with what is there now.
 */
export async function carryOutPeoplesActions(dependencies: DeploymentDependencies, loaded: DeploymentForDecision): Promise<boolean> {
  const asked = loaded.actions.filter((action) => action.requestedBy !== null && action.state === 'intended');
  for (const action of asked) await carryOutOne(dependencies, { loaded, action });
  return asked.length > 0;
}

interface Asked {
  loaded: DeploymentForDecision;
  action: LoadedAction;
}

async function carryOutOne(dependencies: DeploymentDependencies, asked: Asked): Promise<void> {
  const { db, announcer, clusters } = dependencies;
  const { deployment } = asked.loaded;
  const { action } = asked;
  await beginAction(db, { tenantId: deployment.tenantId, id: action.id });
  const outcome = (await mayAct(asked, db)) ? await outcomeOf(asked, clusters) : lostAccess;
  const why = outcome.outcome === 'refused' ? { why: outcome.why } : {};
  await recordAction(
    db,
    { tenantId: deployment.tenantId, id: action.id },
    {
      state: outcome.outcome,
      result: outcome.outcome === 'refused' ? { reason: outcome.why } : {},
      finishedAt: dependencies.now(),
      events: [
        {
          tenantId: deployment.tenantId,
          topics: [`deployment:${deployment.id}`],
          type: 'deployment.changed',
          data: { deploymentId: deployment.id, actionId: action.id, outcome: outcome.outcome, ...why },
        },
      ],
    },
  );
  announcer.announce(eventChannel);
}

const lostAccess = { outcome: 'refused', why: 'Whoever asked for it may not do it here any more' } as const;

/** What a person has asked for ends with their access. */
async function mayAct({ loaded, action }: Asked, db: DeploymentDependencies['db']): Promise<boolean> {
  const { requestedBy: userId } = action;
  return userId !== null && mayStill(db.prisma, loaded.deployment.tenantId, { userId, right: 'deployment:act' });
}

async function outcomeOf(
  { loaded, action }: Asked,
  clusters: DeploymentDependencies['clusters'],
): Promise<{ outcome: 'done' } | { outcome: 'refused'; why: string }> {
  const target = loaded.deployment.targets.find((candidate) => candidate.id === action.targetDeploymentId);
  const act = acts[action.kind];
  const seen = guard.safeParse(action.target);
  if (target === undefined || act === undefined || !seen.success) return { outcome: 'refused', why: 'This action is not known here' };
  if (isTerminal(deploymentState.parse(loaded.deployment.state))) return { outcome: 'refused', why: 'The deployment has ended' };
  const cluster = await clusters.open(target.clusterId);
  const { uid, podHash, stepIndex, pauseStartedAt } = seen.data;
  const answer = await act(
    cluster.client,
    { namespace: target.namespace, name: target.releaseName },
    { uid, podHash, stepIndex: stepIndex ?? undefined, pauseStartedAt: pauseStartedAt ?? undefined },
  );
  // After a crash between the call and its record, the repeat finds it already so: that is a success.
  return answer.outcome === 'refused' && answer.already && action.attempts > 0 ? { outcome: 'done' } : answer;
}
