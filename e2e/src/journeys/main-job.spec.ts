import { fileURLToPath } from 'node:url';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { logIn, productUrl } from './people.ts';
import { test } from './portal-test.ts';
import { clone } from '../surroundings/repository.ts';

test.describe.configure({ mode: 'serial' });

// The README's picture: copied from here after a run.
const picture = fileURLToPath(new URL('../../test-results/portal.png', import.meta.url));

test('the first release goes to both regions once someone other than its author has approved it', async ({ page }) => {
  await logIn(page, 'rita@flow.demo');
  await approveFromInbox(page, 'Checkout');
  await expectEnd(page, 'Succeeded');
  await expect(region(page, 'eu-west').getByText('Healthy', { exact: true })).toBeVisible();
  await expect(region(page, 'us-east').getByText('Healthy', { exact: true })).toBeVisible();
});

test('a good commit goes from git push to a healthy canary in two regions', async ({ page }) => {
  await logIn(page, 'rita@flow.demo');
  const repository = await clone();
  const said = await repository.push(
    'server.js',
    (text) => text.replace("service: 'checkout'", "service: 'checkout', currency: 'EUR'"),
    'Say the currency',
  );
  expect(said).toContain('Flow: run 2 started');

  await page.goto(productUrl('/t/acme/runs'));
  await page.getByRole('link', { name: 'Checkout #2' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Checkout');
  for (const stage of ['test', 'publish', 'development'])
    await expect(stageButton(page, stage)).toContainText('Succeeded', { timeout: 180_000 });
  await stageButton(page, 'test').click();
  await expect(page.getByRole('log')).toContainText('a cart costs what its lines cost');
  await expect(stageButton(page, 'production')).toContainText('Waiting');
  const run = page.url();

  await approveFromInbox(page, 'Checkout');
  const first = region(page, 'eu-west');
  // Somewhere on its way: a slow page need not see the first step.
  await expect(first.getByText(/^[1-9]\d? % on /)).toBeVisible();
  await expect(first.getByRole('figure').first()).toContainText('Error rate');
  await page.screenshot({ path: picture });
  await expect(first.getByText('Healthy', { exact: true })).toBeVisible({ timeout: 180_000 });
  await expectEnd(page, 'Succeeded');

  // What its step has found out is evidence of the artifact.
  await page.goto(run);
  await page.locator('a[href*="/artifacts/"]').first().click();
  await page.getByText(/^All that was said of it/).click();
  await expect(page.getByText('2 tests passed, 0 failed').first()).toBeVisible();
  await expect(page.getByText(/node --test, by Flow/).first()).toBeVisible();
});

test('a bad commit is stopped by its canary and rolled back without a person, and the page says why', async ({ page }) => {
  await logIn(page, 'rita@flow.demo');
  const repository = await clone();
  await repository.push(
    'server.js',
    (text) =>
      text.replace(".writeHead(200, { 'content-type': 'application/json' })", ".writeHead(500, { 'content-type': 'application/json' })"),
    'Answer errors',
  );
  await page.goto(productUrl('/t/acme/approvals'));
  await approveFromInbox(page, 'Checkout');
  await expectEnd(page, 'Rolled back');
  await expect(page.getByRole('status').filter({ hasText: 'error rate' }).first()).toContainText(
    /eu-west: the error rate was [\d.]+ %, the limit is 5 %/,
  );
  await expect(region(page, 'us-east').getByText('Skipped', { exact: true })).toBeVisible();
});

function stageButton(page: Page, name: string) {
  return page.getByRole('group', { name: 'Stages' }).getByRole('button', { name: new RegExp(`^${name} `) });
}

function region(page: Page, name: string) {
  return page.getByRole('region', { name, exact: true });
}

/** Waits in the inbox for the service's request, approves it, and opens its deployment. */
async function approveFromInbox(page: Page, service: string, timeout = 180_000): Promise<void> {
  await page.goto(productUrl('/t/acme/approvals'));
  await page
    .getByRole('list', { name: 'Requests' })
    .getByRole('button', { name: new RegExp(`^${service} `) })
    .first()
    .click({ timeout });
  const request = page.getByRole('region', { name: new RegExp(`^${service} .* to Production`) });
  const href = await request.getByRole('link', { name: 'Open the deployment' }).getAttribute('href');
  await request.getByRole('button', { name: 'Approve' }).click();
  await expect(page.getByText('Approved: it starts now')).toBeVisible();
  await page.goto(productUrl(href ?? ''));
}

/** The deployment on the page ends in this state, without a reload. */
async function expectEnd(page: Page, state: 'Succeeded' | 'Rolled back'): Promise<void> {
  await expect(page.getByRole('main').locator('header').first().getByText(state, { exact: true })).toBeVisible({ timeout: 300_000 });
}
