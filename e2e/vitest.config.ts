import { defineConfig } from 'vitest/config';

/** Tests on the real clusters of `pnpm cluster up` are named `*.cluster.test.ts`, and run only when they are asked for. */
const onClusters = 'src/**/*.cluster.test.ts';
/** They are compared on both engines at once. */
const onBoth = 'src/contract/examples/**/*.test.ts';
const faults = 'src/faults/**/*.test.ts';

/** For a busy machine: what hangs is found all the same. */
const patience = { testTimeout: 300_000, hookTimeout: 180_000, expect: { poll: { timeout: 60_000 } } };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'contract',
          include: ['src/**/*.test.ts'],
          exclude: [onClusters, faults, onBoth],
          provide: { engine: 'sandbox' },
          ...patience,
        },
      },
      {
        test: {
          name: 'contract-clusters',
          include: ['src/contract/**/*.test.ts'],
          exclude: ['src/contract/table/**', onBoth],
          provide: { engine: 'real' },
          // They wait for the engine most of the time.
          maxWorkers: 4,
          ...patience,
        },
      },
      { test: { name: 'examples', include: [onBoth], ...patience } },
      {
        test: {
          name: 'faults',
          include: [faults],
          exclude: [onClusters],
          globalSetup: ['../packages/db/src/testing/global-setup.ts'],
          // One suite waits for time to pass while the other one computes.
          maxWorkers: 2,
          ...patience,
        },
      },
      { test: { name: 'cluster', include: [onClusters], fileParallelism: false } },
    ],
  },
});
