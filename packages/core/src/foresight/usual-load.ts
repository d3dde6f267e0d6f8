import { z } from 'zod';
import { activeAt, freezes, nextStart } from '../freeze/index.ts';
import type { Freeze } from '../freeze/index.ts';
import { applies, placeOf, wouldSpeak } from '../rule/index.ts';
import type { PastVerdict, Rule } from '../rule/index.ts';

/** What is usual is what was in so many weeks: whole weeks, so that each day of the week counts as often. */
export const usualWeeks = 4;
export const usualWeeksMs = usualWeeks * 7 * 24 * 60 * 60 * 1_000;

/** How many of the usual deployments a policy that is being written would hold, and whose. */
export const usualLoad = z.strictObject({
  /** The four weeks that it is about: those that went by for a rule, those to come for a freeze. */
  fromAt: z.date(),
  untilAt: z.date(),
  startCount: z.number().int(),
  heldCount: z.number().int(),
  /** Those that it would hold most, most first. */
  services: z.array(z.strictObject({ serviceId: z.string(), serviceName: z.string(), heldCount: z.number().int() })),
});
export type UsualLoad = z.infer<typeof usualLoad>;

const servicesMax = 5;

/** What a rule would have said of the starts of the last four weeks. */
export function usualLoadOfRule(rule: Rule, past: readonly PastVerdict[], now: Date): UsualLoad {
  const fromAt = new Date(now.getTime() - usualWeeksMs);
  return tally(
    { fromAt, untilAt: now },
    past.filter(({ at }) => at >= fromAt && at < now),
    (one) => wouldSpeak(rule, one),
  );
}

/**
 * How many starts a freeze will hold in four weeks to come, if these are as the last four were: the same services at the same time of the same day of the week.
 * Those to come are the next four weeks, or where it begins only later, the four weeks in which it does.
 */
export function usualLoadOfFreeze(freeze: Freeze, past: readonly PastVerdict[], now: Date): UsualLoad {
  const next = activeAt(freeze.window, now) === null ? nextStart(freeze.window, now) : now;
  const laterMs = (1 + Math.floor(((next ?? now).getTime() - now.getTime()) / usualWeeksMs)) * usualWeeksMs;
  const untilAt = new Date(now.getTime() + laterMs);
  const lastWeeks = past.filter(({ at }) => at.getTime() >= now.getTime() - usualWeeksMs && at < now);
  return tally({ fromAt: new Date(untilAt.getTime() - usualWeeksMs), untilAt }, lastWeeks, (one) => {
    const { action, invoker } = one.facts.request;
    if (!applies(freeze.appliesTo, action, invoker) || !freezes(freeze, placeOf(one))) return false;
    return activeAt(freeze.window, new Date(one.at.getTime() + laterMs)) !== null;
  });
}

function tally(
  span: Pick<UsualLoad, 'fromAt' | 'untilAt'>,
  starts: readonly PastVerdict[],
  isHeld: (start: PastVerdict) => boolean,
): UsualLoad {
  const services = new Map<string, UsualLoad['services'][number]>();
  let heldCount = 0;
  for (const start of starts) {
    if (!isHeld(start)) continue;
    heldCount += 1;
    const { id: serviceId, name: serviceName } = start.facts.service;
    services.set(serviceId, { serviceId, serviceName, heldCount: (services.get(serviceId)?.heldCount ?? 0) + 1 });
  }
  const most = [...services.values()].toSorted(
    (left, right) => right.heldCount - left.heldCount || (left.serviceName < right.serviceName ? -1 : 1),
  );
  return { ...span, startCount: starts.length, heldCount, services: most.slice(0, servicesMax) };
}
