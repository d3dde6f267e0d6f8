import { expect, test } from 'vitest';
import { noCounts } from './counts.ts';
import type { ClusterKeeper, Kept } from './cluster-keeper.ts';
import { runOnClusters } from './on-clusters.ts';
import type { ClusterSuite } from './on-clusters.ts';

const never = Number.MAX_SAFE_INTEGER;
const keeping = (kept: Kept): ClusterKeeper => ({ start: () => Promise.resolve(kept), [Symbol.asyncDispose]: () => Promise.resolve() });

function suite(name: string, more: Partial<ClusterSuite> & { failed?: number } = {}): ClusterSuite & { ran: () => number } {
  let runs = 0;
  return {
    name,
    needsOwn: false,
    longestMs: 60_000,
    run: () => {
      runs += 1;
      return Promise.resolve({ ...noCounts, passed: 3, failed: more.failed ?? 0 });
    },
    ...more,
    ran: () => runs,
  };
}

test('on clusters of this machine every suite runs, counts, and is told', async () => {
  const source = { kind: 'own', keeper: keeping({ ok: true }) } as const;
  expect(await runOnClusters(source, [suite('contract'), suite('journeys', { needsOwn: true, failed: 1 })], never)).toEqual({
    counts: { ...noCounts, passed: 6, failed: 1 },
    lines: ['run on real clusters: contract, 3 passed, 0 failed, 0.0 min', 'run on real clusters: journeys, 3 passed, 1 failed, 0.0 min'],
  });
});

test('what a suite has to tell beside its counts stands in its closing line', async () => {
  const examples = suite('examples', { run: () => Promise.resolve({ ...noCounts, passed: 4, more: '4 run, 4 equal' }) });
  expect(await runOnClusters({ kind: 'given' }, [examples], never)).toEqual({
    counts: { ...noCounts, passed: 4 },
    lines: ['run on real clusters: examples, 4 passed, 0 failed (4 run, 4 equal), 0.0 min'],
  });
});

test('without clusters nothing runs and nothing counts, and the line says what and why', async () => {
  const contract = suite('contract');
  const source = { kind: 'own', keeper: keeping({ ok: false, why: 'The clusters need root.' }) } as const;
  const { counts, lines } = await runOnClusters(source, [contract, suite('journeys')], never);
  expect({ counts, ran: contract.ran() }).toEqual({ counts: noCounts, ran: 0 });
  expect(lines).toEqual(['NOT RUN on real clusters: contract, journeys. This machine has none: The clusters need root.']);
});

test('nobody who did not ask for it gets clusters, and the line says how to', async () => {
  const contract = suite('contract');
  expect((await runOnClusters({ kind: 'none' }, [contract], never)).lines[0]).toContain('pnpm test --clusters');
  expect(contract.ran()).toBe(0);
});

test('on clusters of someone else, what needs those of this machine is left out by name', async () => {
  const { counts, lines } = await runOnClusters({ kind: 'given' }, [suite('contract'), suite('faults', { needsOwn: true })], never);
  expect(counts.passed).toBe(3);
  expect(lines[1]).toMatch(/^NOT RUN on real clusters: faults\. It needs clusters of this machine/);
});

test('a suite does not begin when there is less time than it may take, and the programs are waited for no longer than that leaves', async () => {
  const asked: number[] = [];
  const keeper: ClusterKeeper = {
    start: (untilMs) => {
      asked.push(untilMs);
      return Promise.resolve({ ok: true });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const deadlineMs = Date.now() + 10 * 60_000;
  const slow = suite('slow', { longestMs: 20 * 60_000 });
  const { lines } = await runOnClusters({ kind: 'own', keeper }, [suite('quick', { longestMs: 5 * 60_000 }), slow], deadlineMs);
  expect(lines).toEqual([
    'run on real clusters: quick, 3 passed, 0 failed, 0.0 min',
    'NOT RUN on real clusters: slow. The time of this run is over',
  ]);
  expect(slow.ran()).toBe(0);
  expect(asked[0]).toBe(deadlineMs - 5 * 60_000 - 3 * 60_000);
});
