import type { InFlight } from '../deployment/index.ts';
import type { Exemption } from '../exemption/index.ts';
import { activeAt, effectOnMoving, freeFrom, freezes } from '../freeze/index.ts';
import type { Freeze } from '../freeze/index.ts';
import { checkRun, runLimitedUntil } from '../guardrail/index.ts';
import type { RunSubject } from '../guardrail/index.ts';
import { applies } from '../rule/index.ts';
import type { Invoker, Place } from '../rule/index.ts';
import type { Policies } from './governance.ts';

/** A deployment that moves, as freezes and guardrails look at it. */
export interface MovingSubject extends RunSubject {
  place: Place;
  invoker: Invoker;
  /** In effect for it now: a freeze that it was let past does not stop it on the way. Limits on what runs are kept all the same. */
  exemptions: readonly Pick<Exemption, 'ruleId' | 'endsAt'>[];
}

export interface MovingAnswer {
  inFlight: InFlight;
  /** When time alone may change the answer; null when it cannot. */
  lookAgainAt: Date | null;
}

/**
 * What governance does to a deployment that moves already: it goes on, stays where it is, or goes back. The hardest says so: a guardrail that
 * aborts or a freeze that rolls back, before anything that holds. What is in shadow or off does nothing here.
 */
export function judgeMoving(policies: Policies, subject: MovingSubject): MovingAnswer {
  const { place, invoker, now, exemptions } = subject;
  const guardrails = policies.guardrails.covering(place).filter((guardrail) => guardrail.enforcement === 'enforce');
  const active = policies.freezes
    .covering(place)
    .filter((freeze) => freeze.enforcement === 'enforce' && applies(freeze.appliesTo, 'advance', invoker) && freezes(freeze, place))
    .filter((freeze) => activeAt(freeze.window, now) !== null);
  const passed = exemptions.filter(({ ruleId }) => active.some(({ id }) => id === ruleId));
  const inForce = active.filter(({ id }) => !passed.some(({ ruleId }) => ruleId === id));
  const run = checkRun(subject, guardrails);
  const lookAgainAt = earliest(
    [
      runLimitedUntil(subject.startedAt, guardrails),
      ...inForce.map((freeze) => freeFrom(freeze.window, now)),
      ...passed.map(({ endsAt }) => endsAt),
    ],
    now,
  );
  const sentences = run.violations.filter((violation) => violation.consequence === run.consequence).map((violation) => violation.sentence);
  if (run.consequence === 'abort') return { inFlight: { kind: 'rollBack', sentence: sentences.join('; ') }, lookAgainAt };
  const effect = effectOnMoving(inForce);
  if (effect === 'rollBack') return { inFlight: { kind: 'rollBack', sentence: sentenceOf(inForce, 'rollBack') }, lookAgainAt };
  if (effect === 'hold') return { inFlight: heldByFreezes(inForce, now), lookAgainAt };
  if (run.consequence === 'none') return { inFlight: { kind: 'go' }, lookAgainAt };
  const id = run.violations.map((violation) => `${violation.guardrailId}-${violation.limitName}`).join('-');
  return { inFlight: { kind: 'hold', id, sentence: sentences.join('; '), until: null }, lookAgainAt };
}

function heldByFreezes(inForce: readonly Freeze[], now: Date): InFlight {
  const holding = inForce.filter((freeze) => freeze.inFlight === 'hold');
  const ends = holding.map((freeze) => freeFrom(freeze.window, now));
  const until = ends.includes(null) ? null : new Date(Math.max(...ends.map((end) => end?.getTime() ?? 0)));
  const id = holding.map((freeze) => `${freeze.id}-${activeAt(freeze.window, now)?.startAt.getTime() ?? 0}`).join('-');
  return { kind: 'hold', id, sentence: sentenceOf(inForce, 'hold'), until };
}

function sentenceOf(inForce: readonly Freeze[], effect: Freeze['inFlight']): string {
  return inForce
    .filter((freeze) => freeze.inFlight === effect)
    .map((freeze) => `Frozen by "${freeze.title}"${freeze.reason === '' ? '' : `: ${freeze.reason}`}`)
    .join('; ');
}

function earliest(times: readonly (Date | null)[], now: Date): Date | null {
  const ahead = times.filter((time) => time !== null).filter((time) => time > now);
  return ahead.length === 0 ? null : new Date(Math.min(...ahead.map((time) => time.getTime())));
}
