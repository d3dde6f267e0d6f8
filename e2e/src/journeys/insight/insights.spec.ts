import { expect } from '@playwright/test';
import { logIn, productUrl } from '../people.ts';
import { test } from '../portal-test.ts';

// All of it is told of the service Search in production, of which no other journey deploys anything: 5.0.0 was well, 5.1.0 was taken back by a person three
// hours after it had become healthy.

test('a number leads to the deployments behind it, and what is looked at stands in the address', async ({ page }) => {
  await logIn(page, 'vera@flow.demo');
  await page.goto(productUrl('/t/acme'));
  await page.getByRole('link', { name: 'Insights' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Insights' })).toBeVisible();
  await page.getByLabel('Service', { exact: true }).selectOption({ label: 'Search' });
  await expect(page).toHaveURL(/service=/);

  await expect(page.getByRole('region', { name: 'Deployments' }).getByRole('button', { name: /^Deployments: 2\./ })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Time to restore' })).toContainText('median of 1 failure');
  await expect(page.getByRole('row', { name: /^A person went back from it after it had succeeded/ })).toContainText('1');
  await expect(page.getByRole('row', { name: /^us-east/ })).toContainText('50 % of 2');

  await page
    .getByRole('region', { name: 'Change failure rate' })
    .getByRole('button', { name: /^Change failure rate: 50 %/ })
    .click();
  await expect(page).toHaveURL(/behind=/);
  const dialog = page.getByRole('dialog', { name: 'Failed' });
  await expect(dialog).toContainText('1 in all');
  await expect(dialog).toContainText('It was gone back from after it had become healthy');
  await page.reload();
  await dialog.getByRole('link', { name: 'Search 5.1.0 to Production' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Search 5.1.0 to Production' })).toBeVisible();
});

test('the steps of canaries and the wait for people are told, by day and by week, and one day leads to what ended in it', async ({
  page,
}) => {
  await logIn(page, 'vera@flow.demo');
  await page.goto(productUrl('/t/acme/insights?days=90'));
  await page.getByLabel('Service', { exact: true }).selectOption({ label: 'Search' });
  await expect(page.getByRole('row', { name: /^Step 1: 20 %/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /^Approval by people/ })).toContainText('14 min');
  const card = page.getByRole('region', { name: 'Deployments' });
  await card.getByText('Numbers', { exact: true }).click();
  const week = card.getByRole('row', { name: /^from / }).getByRole('button');
  const dialog = page.getByRole('dialog', { name: 'Delivered' });
  // The numbers of all services stay until those of the chosen one are there.
  await expect(async () => {
    await page.keyboard.press('Escape');
    await week.first().click({ timeout: 5_000 });
    await expect(dialog.getByRole('link').first()).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await page.getByLabel('Environment', { exact: true }).selectOption({ label: 'All of kind ephemeral' });
  await expect(page.getByText('Nothing has ended here in this time')).toBeVisible();
});
