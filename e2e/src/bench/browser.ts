import { findBrowser } from '@flow/run/browser';
import { chromium } from '@playwright/test';
import type { BrowserContext } from '@playwright/test';
import { password } from './product.ts';

/** A browser without a window. */
export interface BenchBrowser extends AsyncDisposable {
  /** A profile of its own with nothing in its cache, of nobody or with the given cookies. */
  empty(from?: BrowserContext): Promise<BrowserContext>;
  /** A profile in which a demo person has logged in by the page. */
  signedIn(url: string, email: string): Promise<BrowserContext>;
}

export async function openBrowser(): Promise<BenchBrowser> {
  const found = await findBrowser();
  const browser = await chromium.launch({ executablePath: found.executablePath, args: [...found.args, '--no-sandbox'], env: found.env });
  return {
    empty: async (from) => browser.newContext(from === undefined ? {} : { storageState: await from.storageState() }),
    async signedIn(url, email) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(`${url}/login`);
      await page.getByLabel('E-mail address').fill(email);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Log in', exact: true }).click();
      await page.waitForURL('**/t/**');
      await page.close();
      return context;
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}
