import { defineConfig } from 'vitest/config';

// Properties look at many cases: a busy machine needs longer for them than for a single one.
export default defineConfig({ test: { testTimeout: 60_000 } });
