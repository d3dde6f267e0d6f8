import type { RolloutView } from '@flow/core/rollout';
import { kinds } from '@flow/delivery/cluster';
import { projectRollout } from '@flow/delivery/rollouts';
import type { Engine } from '../engine/engine.ts';
import { eventually } from '../eventually.ts';

/** What Flow sees of a Rollout now; null when it is not there. */
export async function seeRollout(engine: Engine, name: string): Promise<RolloutView | null> {
  const answer = await engine.client.get({ kind: kinds.rollouts, namespace: engine.namespace, name });
  return answer.ok ? projectRollout(answer.value) : null;
}

/** Waits until Flow sees something of a Rollout. */
export async function rolloutAt(engine: Engine, name: string, is: (view: RolloutView) => boolean): Promise<RolloutView> {
  let last: RolloutView | null = null;
  try {
    return await eventually(`Rollout ${name}: ${is.toString()}`, async () => {
      last = await seeRollout(engine, name);
      return last !== null && is(last) && last;
    });
  } catch (error) {
    throw new Error(`The Rollout is at ${JSON.stringify(last)}`, { cause: error });
  }
}

/** All traffic is on the newest revision, and it is well. */
export const isHealthy = (view: RolloutView): boolean => view.phase === 'Healthy' && view.currentPodHash === view.stablePodHash;
