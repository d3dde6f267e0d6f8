import { expect } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import { isSigned, openCheckService } from '../surroundings/check-service.ts';
import { logIn, productUrl } from './people.ts';
import { pick } from './pick.ts';
import { test } from './portal-test.ts';

// The gate is of one service that no other journey deploys, in development, and is archived at the end.

const gate = 'Ready for customers';

test('a gate holds until tests, coverage, a list and an outside service say yes, tells what is missing, and then lets it start', async ({
  browser,
}) => {
  await using service = await openCheckService();
  const page = await (await browser.newContext()).newPage();
  await logIn(page, 'adam@flow.demo');
  const { callKey, answerKey } = await makeExternalCheck(page, service.url);
  await writeGate(page);

  await page.goto(productUrl('/t/acme/services/cart?to=development'));
  const artifactId = await newestArtifact(page);
  await deploy(page);
  const why = page.getByRole('region', { name: 'Why it waits' });
  await expect(why).toContainText('Tested: there is no evidence yet');
  await expect(why).toContainText('Covered: there is no evidence yet');
  await expect(why).toContainText('Told: still open: Support knows');
  await expect(why).toContainText('Allowed: waiting for Journey board since', { timeout: 60_000 });
  const external = page.getByRole('article', { name: 'Journey board' });
  await expect(external).toContainText('The board meets at noon', { timeout: 60_000 });
  expect(service.asked.map((one) => isSigned(callKey, one))).toEqual([true]);
  const deploymentUrl = page.url();

  const edited = page.getByRole('status').filter({ hasText: 'The configuration was edited since this was prepared' });
  await expect(edited).toBeHidden();
  await editValues(page, (text) => `${text}\npricing:\n  currency: CHF\n`);
  await page.goto(deploymentUrl);
  await edited.getByText('1 setting', { exact: true }).click();
  await expect(edited.getByRole('row', { name: /pricing.currency/ })).toContainText('not set');
  await editValues(page, (text) => text.replace('pricing:\n  currency: CHF\n', ''));
  await page.goto(deploymentUrl);
  await expect(why).toContainText('Tested: there is no evidence yet');
  await expect(edited).toBeHidden();

  await report(page, artifactId, { kind: 'tests', passed: 12, failed: 0 });
  await report(page, artifactId, { kind: 'coverage', percent: 91 });
  await expect(why).not.toContainText('Tested: there is no evidence');
  await expect(why).not.toContainText('Covered: there is no evidence');

  await page.goto(productUrl(`/t/acme/artifacts/${artifactId}`));
  const item = page.getByRole('region', { name: gate }).getByLabel('Support knows');
  await item.click();
  await expect(item).toBeChecked();
  await expect(page.getByRole('region', { name: gate })).toContainText('all items are ticked');

  await page.goto(deploymentUrl);
  await expect(why).not.toContainText('still open: Support knows');
  expect(await service.answer(answerKey, { result: 'allowed', reason: 'CHG1' })).toBe(200);
  await expect(page.getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: 180_000 });
  expect(await service.answer(answerKey, { result: 'allowed', reason: 'CHG1' })).toBe(200);

  await page.goto(productUrl('/t/acme/governance/gates'));
  await page.getByRole('link', { name: gate }).click();
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('button', { name: 'Remove Journey board' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No external check yet')).toBeVisible();
});

async function makeExternalCheck(page: Page, url: string): Promise<{ callKey: string; answerKey: string }> {
  await page.goto(productUrl('/t/acme/governance/gates'));
  await page.getByRole('button', { name: 'New external check' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Journey board');
  await dialog.getByLabel('Address').fill(url);
  await dialog.getByLabel('Answers within').fill('300');
  await dialog.getByRole('button', { name: 'Make external check' }).click();
  await expect(dialog.getByLabel('Answers within')).toHaveAccessibleDescription(/60/);
  await dialog.getByLabel('Answers within').fill('5');
  await dialog.getByRole('button', { name: 'Make external check' }).click();
  const made = page.getByRole('dialog', { name: 'The external check was made' });
  await expect(made.getByText(/^whsec_/)).toHaveCount(2);
  const [callKey = '', answerKey = ''] = await made.getByText(/^whsec_/).allInnerTexts();
  await made.getByRole('button', { name: 'I have kept it' }).click();
  return { callKey, answerKey };
}

async function writeGate(page: Page): Promise<void> {
  await page.goto(productUrl('/t/acme/governance/gates/new'));
  await page.getByLabel('Title', { exact: true }).fill(gate);
  await page.getByLabel('Enforcement').selectOption('enforce');
  await page.getByRole('checkbox', { name: 'Development', exact: true }).check();
  await pick(page.getByLabel('Services', { exact: true }), page.getByRole('button', { name: 'Take Cart out' }), 'Cart');
  await addCheck(page, 1, { title: 'Tested', kind: 'tests' });
  await addCheck(page, 2, { title: 'Covered', kind: 'coverage' });
  const list = await addCheck(page, 3, { title: 'Told', kind: 'checklist' });
  await list.getByLabel('Items of check 3').fill('Support knows');
  const external = await addCheck(page, 4, { title: 'Allowed', kind: 'external' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(external.getByLabel('Who is asked by check 4')).toHaveAccessibleDescription(/choose who is asked/);
  await external.getByLabel('Who is asked by check 4').selectOption({ label: 'Journey board' });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: gate })).toBeVisible();
}

async function addCheck(page: Page, number: number, { title, kind }: { title: string; kind: string }): Promise<Locator> {
  if (number > 1) await page.getByRole('button', { name: 'Add a check' }).click();
  const check = page.getByRole('group', { name: `Check ${number}`, exact: true });
  await check.getByLabel(`Title of check ${number}`).fill(title);
  await check.getByLabel(`Kind of check ${number}`).selectOption(kind);
  return check;
}

async function deploy(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Can I deploy now?' }).getByRole('button', { name: 'Deploy…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Environment').selectOption({ label: 'Development' });
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
  await expect(page).toHaveURL(/\/deployments\//);
}

/** Edits the values of the service that is deployed. */
async function editValues(page: Page, change: (text: string) => string): Promise<void> {
  await page.goto(productUrl('/t/acme/services/cart'));
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  const dialog = page.getByRole('dialog');
  const values = dialog.getByLabel('Values');
  await values.fill(change(await values.inputValue()));
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
}

/** Which one is deployed: the newest of the service. */
async function newestArtifact(page: Page): Promise<string> {
  const href = await page.locator('a[data-row][href^="/t/acme/artifacts/"]').first().getAttribute('href');
  return href?.split('/').at(-1) ?? '';
}

/** As a program does it over the API, with the session of whoever is logged in. */
async function report(page: Page, artifactId: string, found: object): Promise<void> {
  const body = { tenant: 'acme', subject: { kind: 'artifact', artifactId }, report: found, source: 'vitest' };
  const status = await page.evaluate(async (sent) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch('/api/trpc/evidence.report', { method: 'POST', headers, body: sent })).status;
  }, JSON.stringify(body));
  expect(status).toBe(200);
}
