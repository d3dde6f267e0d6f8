import { defineConfig } from 'vitest/config';

/** Tests on the real clusters of `pnpm cluster up` are named `*.cluster.test.ts`, and run only when they are asked for. */
const onClusters = 'src/**/*.cluster.test.ts';
const faults = 'src/faults/**/*.test.ts';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'contract', include: ['src/**/*.test.ts'], exclude: [onClusters, faults] } },
      {
        test: {
          name: 'faults',
          include: [faults],
          globalSetup: ['../packages/db/src/testing/global-setup.ts'],
          fileParallelism: false,
          hookTimeout: 120_000,
        },
      },
      { test: { name: 'cluster', include: [onClusters], fileParallelism: false } },
    ],
  },
});
