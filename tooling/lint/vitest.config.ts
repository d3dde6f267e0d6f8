import { defineConfig } from 'vitest/config';

// Each planted violation runs a whole tool, on machines that do other things too.
export default defineConfig({ test: { testTimeout: 240_000, hookTimeout: 240_000 } });
