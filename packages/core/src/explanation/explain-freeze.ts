import { activeAt, freezes, holdsAction, nextStart } from '../freeze/index.ts';
import type { Freeze, InFlightEffect } from '../freeze/index.ts';
import { applies, matchesScope } from '../rule/index.ts';
import type { ShownInput } from '../rule/index.ts';
import type { Consideration } from './explanation.ts';
import { aboutOthers } from './explain-rule.ts';
import { considerationOf, notAsked, ownerHelp, whyNotAsked } from './subject.ts';
import type { Explained, Silence } from './subject.ts';

/** One freeze: whether it is in force, and when it is next. */
export function explainFreeze(explained: Explained, freeze: Freeze): Consideration {
  const silence = whyFreezeIsNotAsked(explained, freeze);
  const inputs = silence === null ? inputsOf(freeze, explained.context.now) : [];
  return considerationOf(explained, 'freeze', {
    head: freeze,
    said: {
      silence: silence ?? { standing: 'passes', sentence: outOfForce(freeze, explained.context.now) },
      inputs,
      helps: () => [ownerHelp(freeze, 'end the freeze or except the service')],
    },
  });
}

const lets = {
  finish: 'It lets what moves already go on',
  finishWave: 'It lets the wave that has begun go on',
  hold: 'It holds what moves already',
  rollBack: 'It takes back what moves already',
} as const satisfies Record<InFlightEffect, string>;

function whyFreezeIsNotAsked({ governance: { place, beginsWave }, action, invoker }: Explained, freeze: Freeze): Silence | null {
  const elsewhere = whyNotAsked(freeze, place, matchesScope(freeze.scope, place));
  if (elsewhere !== null) return elsewhere;
  if (!freezes(freeze, place)) return notAsked('This service is excepted from it');
  if (!applies(freeze.appliesTo, action, invoker)) return notAsked(aboutOthers(freeze.appliesTo, action, invoker));
  return holdsAction(freeze, action, beginsWave) ? null : notAsked(lets[freeze.inFlight]);
}

function outOfForce({ window }: Freeze, now: Date): string {
  const next = nextStart(window, now);
  return next === null ? 'It is over and does not come again' : 'It is not in force now';
}

function inputsOf({ window }: Freeze, now: Date): readonly ShownInput[] {
  const active = activeAt(window, now);
  const next = nextStart(window, now);
  return [
    { path: 'now', value: now.toISOString(), elements: [] },
    ...(active === null
      ? []
      : [
          { path: 'inForceFrom', value: active.startAt.toISOString(), elements: [] },
          { path: 'inForceUntil', value: active.endAt.toISOString(), elements: [] },
        ]),
    ...(next === null ? [] : [{ path: 'nextFrom', value: next.toISOString(), elements: [] }]),
    { path: 'zone', value: window.zone, elements: [] },
  ];
}
