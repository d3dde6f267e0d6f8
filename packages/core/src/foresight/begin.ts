import { itemsInForce } from '../verdict/index.ts';
import type { Item } from '../verdict/index.ts';
import type { Hold } from './foresight.ts';
import { contextAt } from './world.ts';
import type { Moment, World } from './world.ts';

/** Where a look ahead gives up: so many changes lie before no start that none will be named. */
const maxLooks = 1_000;

export interface Begin {
  /** The first instant at which nothing stands against it; null when none was found, or when it is refused. */
  at: Date | null;
  isRefused: boolean;
  /** People are asked on the way. */
  asksPeople: boolean;
  holds: readonly Hold[];
}

/** The first instant from `from` on at which it may begin, with all that holds it until then. What is refused at its start is not asked again. */
export function beginFrom(world: World, from: Date, { moment, wave }: { moment: Moment; wave: number }): Begin {
  const holds = new HoldList(wave);
  let asksPeople = false;
  let at = from;
  for (let look = 0; look < maxLooks; look += 1) {
    const against = itemsInForce(world.request, contextAt(world, at, moment)).filter((item) => isAgainst(item, world, at));
    holds.seeAt(at, against);
    if (against.length === 0) return { at, isRefused: false, asksPeople, holds: holds.all };
    asksPeople ||= against.some(isOfPeople);
    const isRefused = moment === 'start' && against.some(({ finding }) => finding?.reason.effect === 'deny');
    const next = isRefused ? null : nextLook(world, at, against);
    if (next === null) return { at: null, isRefused, asksPeople, holds: holds.all };
    at = next;
  }
  return { at: null, isRefused: false, asksPeople, holds: holds.all };
}

function isAgainst(item: Item, world: World, at: Date): boolean {
  if (item.finding === null || item.finding.reason.effect === 'note') return false;
  return !isOfPeople(item) || at < world.approvedAt;
}

function isOfPeople({ finding }: Item): boolean {
  return finding?.reason.effect === 'approvals';
}

/**
 * When the answer may be another one: time lifts one of those that stand against it, somebody else begins or ends, people have said yes. Until then all of
 * them stand. Null when one of them is lifted by nothing of that.
 */
function nextLook(world: World, at: Date, against: readonly Item[]): Date | null {
  const events = world.others.flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]).filter((time) => time > at);
  const lifts = against.map((item) => [item.clearFrom(at), isOfPeople(item) ? world.approvedAt : null].filter((time) => time !== null));
  if (events.length === 0 && lifts.some((times) => times.length === 0)) return null;
  const times = [...events, ...lifts.flat()].filter((time) => time > at);
  return times.length === 0 ? null : new Date(Math.min(...times.map((time) => time.getTime())));
}

/** What holds it, from when to when: one entry for each stretch without a gap. */
class HoldList {
  readonly #wave: number;
  readonly #open = new Map<string, Hold>();
  readonly all: Hold[] = [];

  constructor(wave: number) {
    this.#wave = wave;
  }

  seeAt(at: Date, against: readonly Item[]): void {
    const reasons = against.flatMap(({ finding }) => (finding === null ? [] : [finding.reason]));
    const keys = new Set(reasons.map(({ source, id }) => `${source} ${id}`));
    for (const [key, hold] of this.#open) {
      if (keys.has(key)) continue;
      hold.untilAt = at;
      this.#open.delete(key);
    }
    for (const { source, id, sentence } of reasons) {
      const key = `${source} ${id}`;
      if (this.#open.has(key)) continue;
      const hold: Hold = { sentence, source, policyId: source === 'builtIn' ? null : id, fromAt: at, untilAt: null, wave: this.#wave };
      this.#open.set(key, hold);
      this.all.push(hold);
    }
  }
}
