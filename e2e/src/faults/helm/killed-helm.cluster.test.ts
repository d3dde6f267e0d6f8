import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultSettings } from '../env.ts';
import { seededNumbers } from '../seeded.ts';
import { openGround, operations } from './killed-operations.ts';
import type { HelmGround, Outcome } from './killed-operations.ts';

// Helm alone on a real cluster: it is killed at moments that are spread over the writing of an install, an upgrade and a rollback, and the release is brought on as the
// worker does that finds it afterwards.
const { seed, helmKills } = faultSettings();
/** Of the time that helm takes when nobody kills it: before that it only reads, and on a busy machine one takes longer than the other. */
const [readsUntil, endsAt] = [0.3, 1.2];
const limitMs = 60 * 60_000;

let ground: HelmGround;
const tally = { kills: 0, endedBefore: 0, of: {} as Record<string, Record<Outcome, number>>, violations: [] as string[], startedAt: 0 };

beforeAll(async () => {
  ground = await openGround();
  tally.startedAt = performance.now();
}, limitMs);
afterAll(async () => {
  await ground[Symbol.asyncDispose]();
  const { startedAt, violations, ...counts } = tally;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(JSON.stringify({ goal: 'G22 on a real cluster', ...counts, violations: violations.length, seed, seconds }));
}, limitMs);

test(
  `a helm that is killed at ${helmKills.moments} moments of each operation, ${helmKills.times} times, leaves a release that then holds what was asked for`,
  { timeout: limitMs },
  async () => {
    const random = seededNumbers(seed);
    for (const operation of operations) {
      const counts = (tally.of[operation.name] = { endedBefore: 0, pending: 0, untouched: 0 });
      const wholeMs = await ground.howLong(operation);
      for (let round = 0; round < helmKills.moments * helmKills.times; round += 1) {
        const share = ((round % helmKills.moments) + random()) / helmKills.moments;
        const killAfterMs = wholeMs * (readsUntil + share * (endsAt - readsUntil));
        const { outcome, violations } = await ground.killAndBringOn(operation, { number: round, killAfterMs });
        counts[outcome] += 1;
        if (outcome === 'endedBefore') tally.endedBefore += 1;
        else tally.kills += 1;
        tally.violations.push(...violations);
      }
    }
    expect(tally.violations).toEqual([]);
    expect(tally.kills).toBeGreaterThan(0);
  },
);
