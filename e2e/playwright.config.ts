import { defineConfig } from '@playwright/test';
import { findBrowser } from '@flow/run/browser';

const browser = await findBrowser();

export default defineConfig({
  testDir: './src',
  testMatch: ['journeys/**/*.spec.ts', 'signin/*.spec.ts'],
  outputDir: './test-results/journeys',
  globalSetup: './src/journeys/start-product.ts',
  // The journeys share one product, as people do.
  workers: 1,
  fullyParallel: false,
  // Patience for a busy machine: what hangs is found all the same.
  timeout: 900_000,
  expect: { timeout: 60_000 },
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: browser.executablePath,
      args: [...browser.args, '--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      env: browser.env,
    },
    screenshot: 'only-on-failure',
  },
});
