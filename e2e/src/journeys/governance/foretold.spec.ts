import { expect } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { logIn, productUrl } from '../people.ts';
import { pick } from '../pick.ts';
import { test } from '../portal-test.ts';

// The freeze is of one service that is deployed by no other journey at the same time, and is archived at the end.

const freeze = 'Books are closed';

async function as(browser: Browser, email: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await logIn(page, email);
  return page;
}

test('a freeze recurs on a day that comes, and then stands in the forecast before the start, until it is archived', async ({ browser }) => {
  const [adam, dora] = [await as(browser, 'adam@flow.demo'), await as(browser, 'dora@flow.demo')];
  await adam.goto(productUrl('/t/acme/governance/freezes/new'));
  await adam.getByLabel('Title').fill(freeze);
  await adam.getByLabel('Enforcement').selectOption('enforce');
  await adam.getByLabel('Starts').fill('2026-01-01T00:00');
  await adam.getByLabel('Ends').fill('2099-01-01T00:00');
  await adam.getByLabel('Zone of both').fill('UTC');
  await adam.getByRole('checkbox', { name: 'Development', exact: true }).check();
  await pick(adam.getByLabel('Services', { exact: true }), adam.getByRole('button', { name: 'Take Payments out' }), 'Payments');

  // A day that no month has is told at the rule, and nothing that was typed is lost.
  await adam.getByLabel('Repeats').selectOption('custom');
  const rule = adam.getByLabel('Rule', { exact: true });
  await rule.fill('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30');
  await adam.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(rule).toHaveAccessibleDescription(/It never takes place/);
  await expect(adam.getByLabel('Title')).toHaveValue(freeze);
  await adam.getByLabel('Repeats').selectOption('none');
  await adam.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(adam.getByRole('heading', { level: 1, name: freeze })).toBeVisible();

  const forecast = await openForecast(dora);
  await expect(forecast.getByRole('list', { name: 'What will hold it' })).toContainText(`Frozen by "${freeze}"`);

  await adam.getByRole('button', { name: 'Archive' }).click();
  await adam.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(adam.getByRole('heading', { level: 1, name: 'Freezes' })).toBeVisible();
  const free = await openForecast(dora);
  await expect(free.getByText(/^Arrives /)).toBeVisible();
  await expect(free).not.toContainText(freeze);
});

test('the record is walked over on its page, and every entry holds', async ({ browser }) => {
  const adam = await as(browser, 'adam@flow.demo');
  await adam.goto(productUrl('/t/acme/audit'));
  await adam.getByRole('button', { name: 'Verify now' }).click();
  await expect(adam.getByText(/^All \d+ entries hold$/)).toBeVisible();
});

/** Opens the dialog that deploys payments to development, down to how it will probably go. */
async function openForecast(page: Page) {
  await page.goto(productUrl('/t/acme/services/payments?to=development'));
  await page.getByRole('region', { name: 'Can I deploy now?' }).getByRole('button', { name: 'Deploy…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Environment').selectOption({ label: 'Development' });
  return dialog.getByRole('region', { name: 'How it will probably go' });
}
