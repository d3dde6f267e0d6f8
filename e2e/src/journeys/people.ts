import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';

/** Address of the product under test. */
export function productUrl(path = ''): string {
  return `${process.env['FLOW_URL'] ?? ''}${path}`;
}

/** Logs a person of the demo in through the page. */
export async function logIn(page: Page, email: string): Promise<void> {
  await page.goto(productUrl('/login'));
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill('canary-in-the-mine');
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();
}
