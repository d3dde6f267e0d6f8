import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { logIn, productUrl } from './people.ts';
import { test } from './portal-test.ts';

// All of it is about the service Search, of which no other journey deploys anything: 5.1.0 runs in development, 5.0.0 in production. What is pinned and put into
// quarantine here is released again.

const searchRow = (page: Page) => page.getByRole('row', { name: /^Search/ });

test('the matrix tells what is newer below, and two environments are compared down to the commits', async ({ page }) => {
  await logIn(page, 'vera@flow.demo');
  await page.goto(productUrl('/t/acme/matrix'));
  await expect(searchRow(page)).toContainText('Newer in Development: 5.1.0');
  await page.getByLabel('Show', { exact: true }).selectOption('Something newer runs below');
  await expect(page).toHaveURL(/show=behind/);
  await expect(page.getByRole('row', { name: /^Payments/ })).toBeHidden();
  await expect(searchRow(page)).toBeVisible();

  await page.getByRole('link', { name: 'Compare two environments' }).click();
  await expect(searchRow(page)).toContainText('Newer in Development');
  await searchRow(page).getByText('Commits', { exact: true }).click();
  await expect(searchRow(page)).toContainText('In 5.1.0 and not in 5.0.0: 1 commit');
  await expect(searchRow(page)).toContainText('Rank by what sells');
  await page.getByRole('button', { name: 'Swap' }).click();
  await expect(page).toHaveURL(/left=production/);
});

test('a commit is found by the palette, and an artifact tells what it would bring', async ({ page }) => {
  await logIn(page, 'vera@flow.demo');
  await openArtifact(page, '5.1.0');
  const production = page.getByRole('row', { name: /^Production/ }).first();
  await expect(production).toContainText('1 commit ahead');
  await production.getByRole('button', { name: 'Show the commits' }).click();
  await expect(page.getByRole('region', { name: 'Commits' })).toContainText('Rank by what sells');
  const hash = (await page.getByRole('region', { name: 'Commits' }).getByRole('link').first().textContent()) ?? '';

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill(hash);
  await page.getByRole('option', { name: `Where is commit ${hash} now?` }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Where is commit ${hash} now?` })).toBeVisible();
  await expect(page.getByRole('row', { name: /^Development, eu-west/ })).toContainText('Here');
  await expect(page.getByRole('row', { name: /^Development, eu-west/ })).toContainText('100 %');
  await expect(page.getByRole('row', { name: /^Production, us-east/ })).toContainText('Not here');
});

test('what is in quarantine goes nowhere and says why, until it is released', async ({ page }) => {
  await logIn(page, 'rita@flow.demo');
  await openArtifact(page, '5.0.0');
  await page.getByRole('button', { name: 'Quarantine…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Put into quarantine' })).toBeDisabled();
  await dialog.getByLabel('What is wrong with it').fill('It forgets pictures');
  await dialog.getByRole('button', { name: 'Put into quarantine' }).click();
  await expect(page.getByText('Rita Release: It forgets pictures')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Where it still runs' })).toContainText('Production, us-east');
  await expect(page.getByRole('button', { name: 'Deploy…' })).toBeHidden();
  await page.goto(productUrl('/t/acme/matrix?show=held'));
  await expect(searchRow(page)).toContainText('In quarantine');

  await openArtifact(page, '5.0.0');
  await page.getByRole('button', { name: 'Release…' }).click();
  await dialog.getByLabel('Why it may go again').fill('It was the camera');
  await dialog.getByRole('button', { name: 'Release', exact: true }).click();
  await expect(page.getByText('Released by Rita Release: It was the camera')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Deploy…' })).toBeVisible();
});

test('a pin is placed and released beside the version that it keeps', async ({ page }) => {
  await logIn(page, 'dora@flow.demo');
  await page.goto(productUrl('/t/acme/services/search'));
  await page.getByRole('button', { name: 'Pin Search in Development' }).click();
  await page.getByRole('dialog').getByLabel('Why it stays').fill('A demo tomorrow');
  await page.getByRole('dialog').getByRole('button', { name: 'Pin', exact: true }).click();
  await expect(page.getByText('Dora Developer: A demo tomorrow')).toBeVisible();
  await page.getByRole('button', { name: 'Release the pin of Search in Development' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Release the pin' }).click();
  await expect(page.getByText('Dora Developer: A demo tomorrow')).toBeHidden();
});

test('an earlier deployment is found in the history, shown with what it would change, and what runs is deployed once more', async ({
  page,
}) => {
  await logIn(page, 'dora@flow.demo');
  await page.goto(productUrl('/t/acme/services/search'));
  await page.getByRole('link', { name: 'History of Production' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Deployments' })).toBeVisible();
  await expect(page).toHaveURL(/service=search&environment=/);
  await page.getByRole('link', { name: 'Search 5.0.0', exact: true }).first().click();
  await page.getByRole('button', { name: 'Deploy this again…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Deploy Search 5.0.0 to Production again?' });
  await expect(dialog).toContainText('This is what runs in every region: it is applied once more.');
  await dialog.getByRole('button', { name: 'Back' }).click();

  await page.goto(productUrl('/t/acme/services/search'));
  await page.getByRole('link', { name: 'History of Development' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Deployments' })).toBeVisible();
  await page.getByRole('link', { name: 'Search 5.1.0', exact: true }).first().click();
  await page.getByRole('button', { name: 'Deploy this again…' }).click();
  const again = page.getByRole('dialog', { name: 'Deploy Search 5.1.0 to Development again?' });
  await again.getByRole('button', { name: 'Deploy again' }).click();
  await expect(page.getByText('with the chart and configuration of the deployment')).toBeVisible();
});

/** The artifact of Search with this version, by way of the list. */
async function openArtifact(page: Page, version: string): Promise<void> {
  await page.goto(productUrl('/t/acme/artifacts'));
  await page.getByRole('link', { name: `Search ${version}`, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Search ${version}` })).toBeVisible();
}
