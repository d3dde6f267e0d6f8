import { isCanaryAlive } from '../judge-target.ts';
import type { CanaryEffect, DeploymentSnapshot, Effect, TargetSnapshot } from '../snapshot.ts';

/** One hold pauses each living canary once; it goes on when the hold is over, unless a person has let it go on before. */
export function holdEffects(snapshot: DeploymentSnapshot, target: TargetSnapshot): readonly Effect[] {
  const { inFlight } = snapshot;
  const rollout = target.observed;
  const unrecorded = doneUnrecorded(target);
  if (unrecorded !== undefined) return [unrecorded];
  if (!isCanaryAlive(rollout, snapshot.id)) return [];
  const place = `${snapshot.id}/${target.id}`;
  if (inFlight.kind === 'hold' && target.hold?.id !== inFlight.id && !rollout.held) {
    const hold = { id: inFlight.id, sentence: inFlight.sentence };
    return [{ kind: 'rolloutHold', key: `${place}/hold/${inFlight.id}`, targetId: target.id, hold }];
  }
  if (inFlight.kind !== 'hold' && target.hold !== null && rollout.held)
    return [{ kind: 'rolloutRelease', key: `${place}/release/${target.hold.id}`, targetId: target.id, holdId: target.hold.id }];
  return [];
}

/** A pause or its end that was begun and shows on the canary: asked for once more, it changes nothing and is recorded. */
function doneUnrecorded({ begun, observed }: TargetSnapshot): CanaryEffect | undefined {
  return begun.find((effect) => effect.kind !== 'rolloutAbort' && observed?.held === (effect.kind === 'rolloutHold'));
}
