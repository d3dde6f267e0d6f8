import { expect, test } from 'vitest';
import { basicCanaryCounts, closestCounts, resolveFences } from './replica-counts.ts';

test.each([
  [10, 10, 1, 1, 9],
  [10, 30, 3, 3, 7],
  [10, 5, 1, 1, 10],
  [4, 50, 1, 2, 2],
  [1, 5, 1, 1, 1],
  [1, 95, 1, 1, 1],
  [1, 50, 0, 1, 0],
  [3, 50, 0, 2, 1],
  [3, 50, 1, 2, 2],
  [5, 100, 1, 5, 0],
  [5, 0, 1, 0, 5],
  [0, 50, 1, 0, 0],
])('%i pods at weight %i with surge %i are %i canary and %i stable', (...row) => {
  const [replicas, weight, maxSurge, canary, stable] = row;
  expect(closestCounts({ replicas, weight, maxSurge })).toEqual({ canary, stable });
});

test.each([
  [4, undefined, undefined, 1, 1],
  [10, '25%', '25%', 3, 2],
  [10, 1, 0, 1, 0],
  [1, '0%', '1%', 0, 1],
  [2, '1%', '25%', 1, 0],
])('%i pods with surge %s and unavailable %s give %i and %i', (...row) => {
  const [replicas, surge, unavailable, maxSurge, maxUnavailable] = row;
  expect(resolveFences(replicas, { maxSurge: surge, maxUnavailable: unavailable })).toEqual({ maxSurge, maxUnavailable });
});

const side = (specReplicas: number, availableReplicas = specReplicas) => ({ specReplicas, availableReplicas });

test('without surge the stable side shrinks before the canary grows', () => {
  const counts = basicCanaryCounts({
    replicas: 10,
    weight: 30,
    maxSurge: 0,
    maxUnavailable: 5,
    canary: side(0),
    stable: side(10),
    otherReplicas: 0,
  });
  expect(counts).toEqual({ canary: 0, stable: 7 });
});

test('with surge and no unavailability the canary grows before the stable side shrinks', () => {
  const counts = basicCanaryCounts({
    replicas: 10,
    weight: 30,
    maxSurge: 3,
    maxUnavailable: 0,
    canary: side(0),
    stable: side(10),
    otherReplicas: 0,
  });
  expect(counts).toEqual({ canary: 3, stable: 10 });
});

test('neither side shrinks while another ReplicaSet still has pods', () => {
  const counts = basicCanaryCounts({
    replicas: 4,
    weight: 50,
    maxSurge: 1,
    maxUnavailable: 1,
    canary: side(1),
    stable: side(3),
    otherReplicas: 1,
  });
  expect(counts).toEqual({ canary: 1, stable: 3 });
});

test('canary pods that never become available do not let the stable side shrink below the minimum', () => {
  const counts = basicCanaryCounts({
    replicas: 4,
    weight: 50,
    maxSurge: 1,
    maxUnavailable: 0,
    canary: side(1, 0),
    stable: side(4),
    otherReplicas: 0,
  });
  expect(counts.stable).toBe(4);
});
