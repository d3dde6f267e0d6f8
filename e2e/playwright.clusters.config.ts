import { defineConfig } from '@playwright/test';
import sandbox from './playwright.config.ts';

/** The journeys that use clusters, on the real ones of `pnpm cluster up`. */
export default defineConfig({
  ...sandbox,
  testMatch: ['journeys/main-job.spec.ts', 'journeys/clusters.spec.ts'],
  outputDir: './test-results/journeys-on-clusters',
  globalSetup: './src/journeys/start-on-clusters.ts',
  // A machine that runs two clusters beside the product is slower.
  timeout: 600_000,
  expect: { timeout: 60_000 },
});
