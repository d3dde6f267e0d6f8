import { test as base, expect } from '@playwright/test';
import type { BrowserContext } from '@playwright/test';

/**
 * The test of every journey: it fails when any page of it did something that the content security policy forbids, in whichever browser window.
 * The browser reports that to the console, of pages that the test opens by itself too.
 */
export const test = base.extend<{ policyIsKept: void }>({
  policyIsKept: [
    async ({ browser }, use) => {
      const violations: string[] = [];
      const watch = (context: BrowserContext): void => {
        context.on('console', (message) => {
          if (/content security policy/i.test(message.text())) violations.push(`${message.location().url}: ${message.text()}`);
        });
      };
      for (const context of browser.contexts()) watch(context);
      browser.on('context', watch);
      await use();
      browser.off('context', watch);
      expect(violations).toEqual([]);
    },
    { auto: true },
  ],
});
