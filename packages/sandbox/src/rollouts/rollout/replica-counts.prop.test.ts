import fc from 'fast-check';
import { expect, test } from 'vitest';
import { basicCanaryCounts, closestCounts, resolveFences } from './replica-counts.ts';

const fences = (replicas: number) =>
  fc
    .record({ surge: fc.integer({ min: 0, max: 100 }), unavailable: fc.integer({ min: 0, max: 100 }) })
    .map(({ surge, unavailable }) => resolveFences(replicas, { maxSurge: `${surge}%`, maxUnavailable: `${unavailable}%` }));

const situation = fc.integer({ min: 1, max: 60 }).chain((replicas) =>
  fc.record({
    replicas: fc.constant(replicas),
    weight: fc.integer({ min: 0, max: 100 }),
    fences: fences(replicas),
    seed: fc.array(fc.nat(100), { minLength: 40, maxLength: 40 }),
  }),
);

/** Lets pods become available, some late, and applies the counts again and again. */
function simulate({
  replicas,
  weight,
  fences: { maxSurge, maxUnavailable },
  seed,
}: {
  replicas: number;
  weight: number;
  fences: { maxSurge: number; maxUnavailable: number };
  seed: number[];
}) {
  const canary = { specReplicas: 0, availableReplicas: 0 };
  const stable = { specReplicas: replicas, availableReplicas: replicas };
  const seen: { total: number; available: number }[] = [];
  for (let round = 0; round < 200; round += 1) {
    const counts = basicCanaryCounts({ replicas, weight, maxSurge, maxUnavailable, canary, stable, otherReplicas: 0 });
    canary.specReplicas = counts.canary;
    stable.specReplicas = counts.stable;
    canary.availableReplicas = Math.min(canary.availableReplicas, counts.canary);
    stable.availableReplicas = Math.min(stable.availableReplicas, counts.stable);
    seen.push({ total: counts.canary + counts.stable, available: canary.availableReplicas + stable.availableReplicas });
    const isSlow = (seed[round % seed.length] ?? 0) > 50;
    if (!isSlow || round > 100) {
      canary.availableReplicas = counts.canary;
      stable.availableReplicas = counts.stable;
    }
  }
  return { canary, stable, seen };
}

test('the pods asked for never exceed replicas and surge', () => {
  fc.assert(
    fc.property(situation, (given) => {
      const { seen } = simulate(given);
      expect(Math.max(...seen.map((one) => one.total))).toBeLessThanOrEqual(given.replicas + Math.max(given.fences.maxSurge, 0));
    }),
  );
});

test('scaling never takes the available pods below replicas less what may be unavailable', () => {
  fc.assert(
    fc.property(situation, (given) => {
      const { seen } = simulate(given);
      expect(Math.min(...seen.map((one) => one.available))).toBeGreaterThanOrEqual(given.replicas - given.fences.maxUnavailable);
    }),
  );
});

test('the counts arrive at those closest to the weight', () => {
  fc.assert(
    fc.property(situation, (given) => {
      const { canary, stable } = simulate(given);
      expect({ canary: canary.specReplicas, stable: stable.specReplicas }).toEqual(
        closestCounts({ replicas: given.replicas, weight: given.weight, maxSurge: given.fences.maxSurge }),
      );
    }),
  );
});

test('a weight of 1 to 99 leaves neither side empty when there is more than one pod', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 200 }), fc.integer({ min: 1, max: 99 }), fc.nat(5), (replicas, weight, maxSurge) => {
      const counts = closestCounts({ replicas, weight, maxSurge });
      expect(counts.canary).toBeGreaterThan(0);
      expect(counts.stable).toBeGreaterThan(0);
    }),
  );
});
