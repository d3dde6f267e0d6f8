import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aRollout, aTemplate, createBench, record, type Bench } from './testing/bench.ts';

type Action = (bench: Bench) => Promise<void>;

const actions: Record<string, Action> = {
  v1: (bench) => bench.patchSpec({ template: aTemplate('v1') }),
  v2: (bench) => bench.patchSpec({ template: aTemplate('v2') }),
  v3: (bench) => bench.patchSpec({ template: aTemplate('v3') }),
  promote: (bench) => bench.patchStatus({ pauseConditions: null }),
  full: (bench) => bench.patchStatus({ promoteFull: true }),
  abort: (bench) => bench.patchStatus({ abort: true }),
  retry: (bench) => bench.patchStatus({ abort: false }),
  hold: (bench) => bench.patchSpec({ paused: true }),
  release: (bench) => bench.patchSpec({ paused: false }),
  steps: (bench) =>
    bench.patchSpec({ strategy: { canary: { maxSurge: 1, maxUnavailable: 1, steps: [{ setWeight: 60 }, { pause: {} }] } } }),
  wait: (bench) => bench.clock.advance(31_000),
  restart: (bench) => bench.restart(),
};

const strategy = {
  canary: { maxSurge: 1, maxUnavailable: 1, steps: [{ setWeight: 20 }, { pause: {} }, { setWeight: 50 }, { pause: { duration: '30s' } }] },
};

/** Looks after every write at how many pods are asked for and how many are ready. */
function watchPods(bench: Bench): { mostAsked: number; fewestReady: number } {
  const seen = { mostAsked: 0, fewestReady: Number.POSITIVE_INFINITY };
  bench.store.watch('replicasets.apps', () => {
    seen.mostAsked = Math.max(
      seen.mostAsked,
      bench.sets().reduce((sum, set) => sum + set.replicas, 0),
    );
  });
  bench.store.watch('pods', ({ type }) => {
    if (type === 'DELETED')
      seen.fewestReady = Math.min(
        seen.fewestReady,
        bench.store.list('pods').filter((pod) => record(pod['status'])['phase'] === 'Running').length,
      );
  });
  return seen;
}

test('whatever people do, the pods stay within surge and availability, and the Rollout can always be brought to its newest template', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.constantFrom(...Object.keys(actions)), { maxLength: 14 }),
      async (replicas, names) => {
        const bench = await createBench();
        bench.store.create('rollouts.argoproj.io', aRollout({ replicas, strategy }));
        await bench.clock.settle();
        const seen = watchPods(bench);
        for (const name of names) {
          await actions[name]?.(bench);
          await bench.clock.advance(1_000);
        }
        await bench.patchSpec({ paused: false });
        await bench.patchStatus({ abort: false, promoteFull: true });
        await bench.clock.advance(5_000);
        const { phase, stableRS, currentPodHash } = bench.status();
        await bench.stop();
        expect(bench.logs).toEqual([]);
        expect({ phase, stableRS }).toEqual({ phase: 'Healthy', stableRS: currentPodHash });
        expect(bench.sets().filter((set) => set.replicas > 0)).toMatchObject([{ hash: currentPodHash, replicas }]);
        expect(seen.mostAsked).toBeLessThanOrEqual(replicas + 1);
        expect(seen.fewestReady).toBeGreaterThanOrEqual(replicas - 1);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);
