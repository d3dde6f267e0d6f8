import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { logIn, productUrl } from './people.ts';
import { pick } from './pick.ts';
import { test } from './portal-test.ts';

// All but the last is about the service Search, of which no other journey deploys anything: 5.1.0 runs in development, 5.0.0 in production. What is pinned and put into
// quarantine here is released again.

const tenant = 'acme';
const artifact = z.object({ id: z.string(), version: z.string() });
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

// All of it happens in two environments of its own, one after the other at the end of the promotion path, which are archived at the end.
test('what has soaked goes on by itself, a person who goes back holds that, and releases it', async ({ page }) => {
  await logIn(page, 'adam@flow.demo');
  const [labId, stageId] = [await makeEnvironment(page, 'Lab', 20), await makeEnvironment(page, 'Stage', 21)];
  const { id: serviceId } = z.object({ id: z.string() }).parse(await read(page, 'service.get', { tenant, service: 'payments' }));
  const { items } = z.object({ items: z.array(artifact) }).parse(await read(page, 'artifact.list', { tenant, serviceId }));
  const deployTo = (environmentId: string, version: string) =>
    deploy(page, { serviceId, environmentId, artifactId: items.find((one) => one.version === version)?.id ?? '' });
  await deployTo(labId, '2.3.0');
  await deployTo(stageId, '2.3.0');

  await page.goto(productUrl(`/t/${tenant}/governance/promotions/new`));
  await page.getByLabel('Title').fill('Lab to Stage');
  await page.getByLabel('Enforcement').selectOption('enforce');
  await page.getByLabel('From', { exact: true }).selectOption('Stage');
  await page.getByLabel('To', { exact: true }).selectOption('Lab');
  await page.getByLabel('Soak time').fill('an hour');
  await pick(page.getByLabel('Services', { exact: true }), page.getByRole('button', { name: 'Take Payments out' }), 'Payments');
  await page.getByRole('button', { name: 'Save' }).click();
  // Nothing that was typed is lost by what is refused.
  await expect(page.getByLabel('Soak time')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Soak time').fill('60');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('does not come right after Stage on the promotion path')).toBeVisible();
  await page.getByLabel('From', { exact: true }).selectOption('Lab');
  await page.getByLabel('To', { exact: true }).selectOption('Stage');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Lab to Stage' })).toBeVisible();
  const rule = page.url();

  await deployTo(labId, '2.4.0');
  await openService(page);
  await expect(next(page)).toContainText('2.4.0 waits');
  await expect(next(page)).toContainText('2.4.0 soaks in Lab');

  await page.goto(rule);
  await page.getByLabel('Soak time').fill('0');
  await page.getByRole('button', { name: 'Save as a new revision' }).click();
  await expect(page.getByText('Revision 2', { exact: true }).first()).toBeVisible();
  const promoted = page.getByRole('region', { name: 'What it promoted' }).getByRole('link', { name: 'Payments 2.4.0 to Stage' });
  await promoted.click({ timeout: 180_000 });
  await expect(page.getByRole('link', { name: 'the promotion rule Lab to Stage' })).toBeVisible();
  await expectSucceeded(page);

  await page.getByRole('button', { name: 'Roll back' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back now' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Payments 2.3.0 to Stage' })).toBeVisible();
  await expectSucceeded(page);
  await deployTo(labId, '2.4.1');
  await openService(page);
  await expect(next(page)).toContainText('2.4.1 waits');
  await expect(next(page)).toContainText('Adam Admin keeps Payments in Stage at 2.3.0: rolled back');
  await page.getByRole('button', { name: 'Release the pin of Payments in Stage' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Release the pin' }).click();
  await expect(next(page)).toContainText('2.4.1 runs in Stage', { timeout: 180_000 });

  await page.goto(rule);
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Promotions' })).toBeVisible();
  for (const environmentId of [labId, stageId]) await change(page, 'environment.archive', { tenant, environmentId });
});

/** The artifact of Search with this version, by way of the list. */
async function openArtifact(page: Page, version: string): Promise<void> {
  await page.goto(productUrl('/t/acme/artifacts'));
  await page.getByRole('link', { name: `Search ${version}`, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Search ${version}` })).toBeVisible();
}

function next(page: Page) {
  return page.getByRole('region', { name: 'Next promotions' }).getByRole('listitem').filter({ hasText: 'Lab to Stage' }).first();
}

async function openService(page: Page): Promise<void> {
  await page.goto(productUrl(`/t/${tenant}/services/payments`));
}

async function makeEnvironment(page: Page, name: string, position: number): Promise<string> {
  const [first] = z.array(z.object({ id: z.string(), region: z.string() })).parse(await read(page, 'environment.clusters', { tenant }));
  const slug = name.toLowerCase();
  const made = await change(page, 'environment.create', {
    tenant,
    slug,
    name,
    kind: 'staging',
    position,
    bakeTimeSeconds: 0,
    waves: [[first?.region]],
    strategy: { steps: [], analysis: null },
    values: { replicas: 1 },
    targets: [{ clusterId: first?.id, namespace: `acme-${slug}` }],
  });
  return z.object({ environmentId: z.string() }).parse(made).environmentId;
}

/** Deploys by hand and waits for the end. */
async function deploy(page: Page, asked: { serviceId: string; environmentId: string; artifactId: string }): Promise<void> {
  const answer = await change(page, 'deployment.ask', { tenant, ...asked });
  await page.goto(productUrl(`/t/${tenant}/deployments/${z.object({ deploymentId: z.string() }).parse(answer).deploymentId}`));
  await expectSucceeded(page);
}

/** The deployment on the page succeeds, without a reload. */
async function expectSucceeded(page: Page): Promise<void> {
  await expect(page.getByRole('main').locator('header').first().getByText('Succeeded', { exact: true })).toBeVisible({ timeout: 180_000 });
}

const answered = z.object({ result: z.object({ data: z.unknown() }) });

/** Calls the API with the session of whoever is logged in. */
async function change(page: Page, procedure: string, input: object): Promise<unknown> {
  const answer = await page.request.post(productUrl(`/api/trpc/${procedure}`), { data: input, headers: { origin: productUrl() } });
  const text = await answer.text();
  expect([procedure, answer.status(), text]).toEqual([procedure, 200, expect.any(String)]);
  return answered.parse(JSON.parse(text)).result.data;
}

async function read(page: Page, procedure: string, input: object): Promise<unknown> {
  const answer = await page.request.get(productUrl(`/api/trpc/${procedure}?input=${encodeURIComponent(JSON.stringify(input))}`));
  return answered.parse(await answer.json()).result.data;
}
