import { expect } from '@playwright/test';
import type { BrowserContext, Page } from '@playwright/test';

/** Address of the product under test. */
export function productUrl(path = ''): string {
  return `${process.env['FLOW_URL'] ?? ''}${path}`;
}

/** Sessions of the people that logged in during this run, by e-mail address: somebody who tests does not log in six times a minute either, which is refused. */
const sessions = new Map<string, Awaited<ReturnType<BrowserContext['cookies']>>>();

/** Opens the portal as a person of the demo: with the session they still have, or by logging them in through the page. */
export async function logIn(page: Page, email: string): Promise<void> {
  await page.context().clearCookies();
  await page.context().addCookies(sessions.get(email) ?? []);
  await page.goto(productUrl('/'));
  // Whoever is in several tenants chooses one first.
  const home = page.getByRole('heading', { level: 1, name: /^(Home|Tenants)$/ });
  const address = page.getByLabel('E-mail address');
  await expect(home.or(address)).toBeVisible();
  if (await home.isVisible()) return;
  await address.fill(email);
  await page.getByLabel('Password').fill('canary-in-the-mine');
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(home).toBeVisible();
  sessions.set(email, await page.context().cookies());
}
