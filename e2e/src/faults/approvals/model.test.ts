import type { StandIn } from '@flow/core/approval';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import { tell } from '../told.ts';
import { Desk, firstPeople, lifetimeMs } from './desk.ts';
import { isVetoedNow, mayStart, suffices } from './oracle.ts';
import type { Told } from './oracle.ts';

type Act = fc.Command<Told, Desk>;
const counts = { sequences: 0, acts: 0, votes: 0, starts: 0, refusedStarts: 0 };

/** An act that is always open: what it does to the machine and to the model, and what must be so afterwards. */
function act(name: string, run: (told: Told, desk: Desk) => void): Act {
  return {
    check: () => true,
    run(told, desk) {
      counts.acts += 1;
      run(told, desk);
      expect(desk.rows.startCount).toBeLessThanOrEqual(1);
    },
    toString: () => name,
  };
}

const everyone = firstPeople.map((person) => person.userId);
const who = fc.constantFrom(...everyone);

const ask = fc.constant(
  act('ask', (told, desk) => {
    desk.ask();
    if (told.asked?.hash === told.hash) return;
    Object.assign(told, { asked: { hash: told.hash, until: told.now + lifetimeMs }, given: [], isVetoed: false, hasExpired: false });
  }),
);

const edit = fc.nat({ max: 3 }).map((version) =>
  act(`edit to h${version}`, (told, desk) => {
    // What has begun is not changed any more.
    if (told.hasStarted) return;
    told.hash = `h${version}`;
    desk.rows = { ...desk.rows, contentHash: told.hash };
  }),
);

const vote = fc
  .record({
    // Those who are asked come more often than those who are not.
    userId: fc.constantFrom('ben', 'cem', 'eve', 'ben', 'cem', 'eve', ...everyone),
    answer: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'approve' as const, 'reject' as const),
    isStale: fc.nat({ max: 9 }).map((drawn) => drawn === 0),
  })
  .map(({ userId, answer, isStale }) =>
    act(`${userId} ${answer}s${isStale ? ' an earlier content' : ''}`, (told, desk) => {
      const hash = isStale ? 'h-earlier' : (told.asked?.hash ?? '');
      const isTaken = desk.vote(userId, answer, hash);
      if (!isTaken) return;
      counts.votes += 1;
      expect(isStale).toBe(false);
      expectOpenTo(told, userId);
      told.given = [...told.given.filter((one) => one.userId !== userId), { userId, answer, hash, at: told.now, isWithdrawn: false }];
      if (isVetoedNow(forAsked(told))) told.isVetoed = true;
      expect(desk.rows.request?.state).toBe(told.isVetoed ? 'rejected' : suffices(forAsked(told)) ? 'approved' : 'pending');
    }),
  );

/** A vote is never taken of those who asked or wrote, of those who are not there, or when nothing is asked any more. */
function expectOpenTo(told: Told, userId: string): void {
  expect(['ann', 'ida']).not.toContain(userId);
  expect(told.people.find((person) => person.userId === userId)).toMatchObject({ isDisabled: false });
  expect(told.asked !== null && told.now < told.asked.until && !told.isVetoed && !told.hasExpired).toBe(true);
}

/** What was asked for, whatever the deployment would install by now. */
const forAsked = (told: Told): Told => ({ ...told, hash: told.asked?.hash ?? '' });

const withdraw = who.map((userId) =>
  act(`${userId} takes the vote back`, (told, desk) => {
    if (!desk.withdraw(userId)) return;
    told.given = told.given.map((one) => (one.userId === userId ? { ...one, isWithdrawn: true } : one));
  }),
);

const changePerson = fc
  .record({ userId: who, isDisabled: fc.boolean(), isGone: fc.boolean(), groupIds: fc.subarray(['team', 'security']) })
  .map(({ userId, isDisabled, isGone, groupIds }) =>
    act(`${userId} ${isGone ? 'leaves' : `is ${isDisabled ? 'shut out' : 'in'} ${groupIds.join(' and ')}`}`, (told, desk) => {
      const first = firstPeople.find((person) => person.userId === userId);
      const others = told.people.filter((person) => person.userId !== userId);
      told.people = isGone || first === undefined ? others : [...others, { ...first, isDisabled, groupIds }];
      desk.rows = { ...desk.rows, people: told.people };
    }),
  );

const delegate = fc
  .record({ userId: who, standInId: who, minutes: fc.integer({ min: 1, max: 50 }) })
  .map(({ userId, standInId, minutes }) =>
    act(`${userId} names ${standInId}`, (told, desk) => {
      const [startsAt, endsAt] = [new Date(told.now), new Date(told.now + minutes * 60_000)];
      const one: StandIn = { userId, standInId, startsAt, endsAt, endedAt: null };
      told.standIns = [...told.standIns, one];
      desk.rows = { ...desk.rows, standIns: told.standIns };
    }),
  );

const pass = fc.integer({ min: 1, max: 15 }).map((minutes) =>
  act(`${minutes} minutes pass`, (told, desk) => {
    const wasPending = desk.rows.request?.state === 'pending';
    desk.pass(minutes);
    told.now += minutes * 60_000;
    if (wasPending && told.asked !== null && told.now >= told.asked.until) told.hasExpired = true;
  }),
);

const start = fc.constant(
  act('start', (told, desk) => {
    const isRight = mayStart(told) && desk.rows.request?.state !== 'pending';
    const hasStarted = desk.start();
    expect(hasStarted).toBe(isRight);
    if (hasStarted) counts.starts += 1;
    else counts.refusedStarts += 1;
    told.hasStarted ||= hasStarted;
  }),
);

/** Going back needs nobody, and is no use of the votes that were given to go forward. */
const rollback = fc.constant(
  act('roll back', (_told, desk) => {
    const before = desk.rows.startCount;
    desk.rows = { ...desk.rows, rollbackCount: desk.rows.rollbackCount + 1 };
    expect(desk.rows.startCount).toBe(before);
  }),
);

/** The process dies and another one goes on with what the rows say; the job of the start runs again. */
const crash = fc.constant(
  act('crash', (told, desk) => {
    const next = new Desk();
    next.rows = structuredClone(desk.rows);
    desk.rows = next.rows;
    if (told.hasStarted) expect(desk.start()).toBe(false);
  }),
);

test('nothing starts without valid votes over exactly its content, once, whatever people do and whenever the process dies', () => {
  const { sequences, seed } = faultSettings();
  const acts = fc.commands(
    [ask, ask, edit, vote, vote, vote, vote, vote, vote, withdraw, changePerson, delegate, pass, start, start, rollback, crash],
    {
      maxCommands: 40,
      size: 'max',
    },
  );
  fc.assert(
    fc.property(acts, (commands) => {
      counts.sequences += 1;
      fc.modelRun(() => {
        const desk = new Desk();
        const told: Told = {
          now: desk.rows.now.getTime(),
          people: firstPeople,
          standIns: [],
          given: [],
          hash: 'h0',
          asked: null,
          isVetoed: false,
          hasExpired: false,
          hasStarted: false,
        };
        return { model: told, real: desk };
      }, commands);
    }),
    { numRuns: sequences, seed },
  );
  // A violation ends the run above, with the shortest sequence that shows it.
  tell({ goal: 'G10', counts, violations: [], seed });
  expect(counts.starts).toBeGreaterThan(0);
}, 600_000);
