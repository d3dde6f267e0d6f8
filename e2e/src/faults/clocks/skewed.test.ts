import { isDeepStrictEqual } from 'node:util';
import { approvalAbilities, nobody } from '@flow/core/approval';
import type { Request } from '@flow/core/approval';
import type { Exemption } from '@flow/core/exemption';
import { freeze } from '@flow/core/freeze';
import type { Freeze } from '@flow/core/freeze';
import { evaluate } from '@flow/core/verdict';
import type { VerdictContext } from '@flow/core/verdict';
import { createDatabase, openDatabaseClock } from '@flow/db/client';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { faultSettings } from '../env.ts';
import { contextOf, requestOf } from '../judged.ts';
import { seededNumbers } from '../seeded.ts';
import { tell } from '../told.ts';

const hourMs = 3_600_000;

/** A freeze over a change of the clocks, and when it holds: read off a calendar by hand. */
interface Season {
  window: Partial<Freeze['window']>;
  from: number;
  until: number;
}
const seasons: readonly Season[] = [
  {
    // Clocks go forward on Sunday, 29 March at 02:00.
    window: { zone: 'Europe/Berlin', start: '2026-03-27T18:00', end: '2026-03-30T08:00' },
    from: Date.parse('2026-03-27T17:00:00Z'),
    until: Date.parse('2026-03-30T06:00:00Z'),
  },
  {
    // The same weekend by a rule that began a week before.
    window: { zone: 'Europe/Berlin', start: '2026-03-20T18:00', end: '2026-03-23T08:00', recurrence: 'FREQ=WEEKLY;COUNT=2' },
    from: Date.parse('2026-03-27T17:00:00Z'),
    until: Date.parse('2026-03-30T06:00:00Z'),
  },
  {
    // Clocks go back on Sunday, 1 November at 02:00.
    window: { zone: 'America/New_York', start: '2026-10-31T22:00', end: '2026-11-01T03:00' },
    from: Date.parse('2026-11-01T02:00:00Z'),
    until: Date.parse('2026-11-01T08:00:00Z'),
  },
  {
    // Clocks go back by half an hour on Sunday, 5 April at 02:00.
    window: { zone: 'Australia/Lord_Howe', start: '2026-04-04T20:00', end: '2026-04-05T06:00' },
    from: Date.parse('2026-04-04T09:00:00Z'),
    until: Date.parse('2026-04-04T19:30:00Z'),
  },
];
const freezeOf = ({ window }: Season): Freeze =>
  freeze.parse({
    id: 'f1',
    revision: 1,
    title: 'Weekend',
    owner: { kind: 'tenant', name: 'Shop' },
    scope: {},
    appliesTo: {},
    enforcement: 'enforce',
    window: { recurrence: null, ...window },
    inFlight: 'finish',
  });
/** The exemption opens in the middle of the freeze, and the vote ends shortly after that. */
const exemptFrom = ({ from }: Season): number => from + 2 * hourMs;
const exemptUntil = ({ from }: Season): number => from + 3.75 * hourMs;
const voteUntil = ({ from }: Season): number => from + 2.5 * hourMs + 30_000;

const exemption = (season: Season): Exemption => ({
  id: 'x1',
  ruleId: 'f1',
  kind: 'planned',
  use: 'once',
  serviceId: 's1',
  environmentId: 'e1',
  digest: null,
  deploymentId: 'd1',
  reason: 'agreed',
  ticket: '',
  grantedBy: { userId: 'u1', name: 'Grace' },
  grantedAt: new Date(exemptFrom(season)),
  endsAt: new Date(exemptUntil(season)),
  usedBy: null,
  withdrawnAt: null,
  approvalsRequired: 0,
});
const contextAt = (season: Season, now: Date): VerdictContext =>
  contextOf({ now, policies: { freezes: [freezeOf(season)] }, exemptions: [exemption(season)] });
const askedIn = (season: Season): Request => ({
  demand: { count: 1, policies: [] },
  ballot: { state: 'pending', subjectHash: 'h1', excluded: [], expiresAt: new Date(voteUntil(season)), votes: [], isUsed: false },
  electorate: { ...nobody, people: [{ userId: 'u1', name: 'Grace', role: 'admin', isDisabled: false, groupIds: [] }] },
});

// Its time is told below: nothing asks it.
const unused = createDatabase('postgres://nobody@127.0.0.1:1/none', 1);
afterAll(() => unused.close());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

const zones = ['UTC', 'America/New_York', 'Pacific/Kiritimati', 'Asia/Kolkata', 'Europe/Berlin'];

/** What Flow says of a moment, on a machine whose clock is wrong when its process starts and jumps before it asks. */
async function saidAt(season: Season, at: number, random: () => number): Promise<{ now: number; verdict: string; mayVote: boolean }> {
  const off = (): number => Math.floor((random() - 0.5) * 2 * hourMs);
  const ageMs = Math.floor(random() * 25_000);
  let steady = Math.floor(random() * 1_000_000_000);
  vi.stubEnv('TZ', zones[Math.floor(random() * zones.length)]);
  vi.useFakeTimers({ toFake: ['Date'], now: at - ageMs + off() });
  using clock = await openDatabaseClock(unused, { askedAt: () => Promise.resolve(new Date(at - ageMs)), steadyMs: () => steady });
  steady += ageMs;
  vi.setSystemTime(at + off());
  const now = clock.now();
  return {
    now: now.getTime(),
    verdict: evaluate(requestOf('d1'), contextAt(season, now)).kind,
    mayVote: approvalAbilities(askedIn(season), 'u1', now)[0]?.allowed === true,
  };
}

/** A moment within a minute and a half of a beginning or an end. */
function nearAnEnd(season: Season, random: () => number): number {
  const edges = [season.from, season.until, exemptFrom(season), exemptUntil(season), voteUntil(season)];
  return (edges[Math.floor(random() * edges.length)] ?? 0) + Math.floor((random() - 0.5) * 180_000);
}

/** What is right at a moment, by Postgres' time alone. */
function wantedAt(season: Season, at: number): { now: number; verdict: string; mayVote: boolean } {
  const isFrozen = at >= season.from && at < season.until;
  const isExempt = at >= exemptFrom(season) && at < exemptUntil(season);
  return { now: at, verdict: isFrozen && !isExempt ? 'heldUntil' : 'allowed', mayVote: at < voteUntil(season) };
}

test('the clock and the zone of the machine decide nothing: the time of Postgres does, at the end of a freeze, of an exemption and of a vote', async () => {
  const { clockRuns, seed } = faultSettings();
  const random = seededNumbers(seed);
  const counts = { runs: 0, held: 0, allowed: 0, votesTaken: 0, votesRefused: 0 };
  const violations: string[] = [];
  for (let run = 0; run < clockRuns; run += 1) {
    const season = seasons[run % seasons.length];
    if (season === undefined) break;
    const at = nearAnEnd(season, random);
    const wanted = wantedAt(season, at);
    const said = await saidAt(season, at, random);
    if (!isDeepStrictEqual(said, wanted))
      violations.push(`${season.window.zone ?? ''}: ${JSON.stringify(said)} instead of ${JSON.stringify(wanted)}`);
    counts.runs += 1;
    counts[said.verdict === 'allowed' ? 'allowed' : 'held'] += 1;
    counts[said.mayVote ? 'votesTaken' : 'votesRefused'] += 1;
  }
  tell({ goal: 'G9', counts, violations, seed });
  expect(violations).toEqual([]);
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(0);
}, 600_000);
