import { defineConfig } from 'vitest/config';

// Patience for a busy machine: what hangs is found all the same.
export default defineConfig({
  test: {
    globalSetup: ['../db/src/testing/global-setup.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
