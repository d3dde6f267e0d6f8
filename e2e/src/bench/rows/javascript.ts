import { findBrowser } from '@flow/run/browser';
import { chromium } from '@playwright/test';
import { startProduct } from '../product.ts';
import type { Result, Row } from '../result.ts';

/** What the client of a bare page of Next 16.4 with tRPC and TanStack Query weighs, gzipped (measured once; see docs/performance.md). */
const floorKB = 151;
const pages: readonly { path: string; maxKB: number }[] = [
  { path: '', maxKB: 270 },
  { path: '/services', maxKB: 205 },
  { path: '/runs', maxKB: 205 },
  { path: '/deployments', maxKB: 205 },
  { path: '/approvals', maxKB: 270 },
  { path: '/services/checkout', maxKB: 270 },
];

/** B1: the JavaScript that a first visit of a page loads, as it comes over the wire. */
export const javascript: Row = {
  name: 'B1',
  async run() {
    await using product = await startProduct();
    const found = await findBrowser();
    const browser = await chromium.launch({ executablePath: found.executablePath, args: [...found.args, '--no-sandbox'], env: found.env });
    try {
      const first = await browser.newContext();
      const login = await first.newPage();
      await login.goto(`${product.url}/login`);
      await login.getByLabel('E-mail address').fill('adam@flow.demo');
      await login.getByLabel('Password').fill('canary-in-the-mine');
      await login.getByRole('button', { name: 'Log in', exact: true }).click();
      await login.waitForURL('**/t/**');
      const state = await first.storageState();
      const results: Result[] = [];
      for (const { path, maxKB } of pages) {
        // A context of its own for each page: nothing is in its cache.
        const context = await browser.newContext({ storageState: state });
        const page = await context.newPage();
        const sizes: Promise<number>[] = [];
        page.on('requestfinished', (request) => {
          if (request.resourceType() === 'script') sizes.push(request.sizes().then((size) => size.responseBodySize));
        });
        await page.goto(`${product.url}/t/acme${path}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        // What the page loads for its first content, not what the router fetches ahead afterwards.
        await page.waitForLoadState('load');
        const kB = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1_000;
        results.push({
          row: 'B1',
          what: `JavaScript of ${path === '' ? 'home' : path}`,
          flow: `${kB.toFixed(0)} KB`,
          peer: `${floorKB} KB of a bare client (×${(kB / floorKB).toFixed(2)})`,
          goal: `≤ ${maxKB} KB`,
          isMet: kB <= maxKB,
          spread: null,
        });
        await context.close();
      }
      return results;
    } finally {
      await browser.close();
    }
  },
};
