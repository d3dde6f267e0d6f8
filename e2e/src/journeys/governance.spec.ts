import { expect } from '@playwright/test';
import { logIn, productUrl } from './people.ts';
import { pick } from './pick.ts';
import { test } from './portal-test.ts';

// Everything here stays in shadow, or in force where no other journey goes, and is archived at the end: all deploy in the same product.

test('a rule is written, its fault read at its line, tried in shadow, changed, restored and archived', async ({ page }) => {
  await logIn(page, 'adam@flow.demo');
  await page.goto(productUrl('/t/acme/governance/rules/new'));
  await page.getByLabel('Title').fill('Nothing to production');
  await page.getByLabel('Effect').selectOption('block');
  const condition = page.getByLabel('Condition', { exact: true });
  await condition.fill('environment.kind == "production" &&\n  time.hoour >= 0');
  await expect(page.getByText('minutes for which the environment below has run it')).toBeHidden();
  await page.getByText('what shall be deployed', { exact: true }).click();
  await expect(page.getByText('minutes for which the environment below has run it', { exact: false })).toBeVisible();
  await page.getByRole('checkbox', { name: 'production', exact: true }).check();
  await expect(page.getByText(/It affects \d+ of \d+ places/)).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('line 2, column 8: No such key: hoour')).toBeVisible();
  await expect(condition).toBeFocused();

  await condition.fill('environment.kind == "production" &&\n  time.hour >= 0');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Nothing to production' })).toBeVisible();

  await page.goto(productUrl('/t/acme/governance/rules'));
  await page.getByLabel('Service', { exact: true }).selectOption({ label: 'Checkout' });
  await page.getByLabel('Environment', { exact: true }).selectOption({ label: 'Production' });
  await page.getByText(/in shadow would have had a say/).click();
  await expect(page.getByText('It would refuse: Nothing to production')).toBeVisible();

  await page.getByRole('link', { name: 'Nothing to production' }).first().click();
  await page.getByLabel('Effect').selectOption('warn');
  await page.getByLabel('Why').fill('A warning is enough');
  await page.getByRole('button', { name: 'Save as a new revision' }).click();
  await page.getByRole('button', { name: 'Restore revision 1' }).click();
  await expect(page.getByText('Restored revision 1')).toBeVisible();
  await expect(page.getByLabel('Effect')).toHaveValue('block');
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Rules' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Nothing to production' })).toHaveCount(0);
});

test('a calendar comes in as freezes, stands in its month and goes out again', async ({ page }) => {
  await logIn(page, 'adam@flow.demo');
  await page.goto(productUrl('/t/acme/governance/freezes?day=2031-12-01'));
  await page.getByRole('button', { name: 'Import calendar' }).click();
  const dialog = page.getByRole('dialog');
  const event = (title: string, more: string[]) => ['BEGIN:VEVENT', `UID:${title}`, `SUMMARY:${title}`, ...more, 'END:VEVENT'];
  const christmas = event('Christmas', ['DTSTART;VALUE=DATE:20311224', 'DTEND;VALUE=DATE:20311227']);
  const lunch = event('Lunch', ['TRANSP:TRANSPARENT', 'DTSTART:20311201T110000Z', 'DTEND:20311201T120000Z']);
  const calendar = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:test', ...christmas, ...lunch, 'END:VCALENDAR'].join('\r\n');
  await dialog.getByLabel('Calendar', { exact: true }).fill(calendar);
  await dialog.getByLabel('Enforcement').selectOption('shadow');
  await dialog.getByRole('button', { name: 'Look at it' }).click();
  await expect(dialog.getByText('Lunch: it does not take up time (TRANSP:TRANSPARENT)')).toBeVisible();
  await dialog.getByRole('button', { name: 'Save 1 freeze' }).click();
  await expect(dialog.getByText('Saved', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('link', { name: 'Christmas (shadow) all day' })).toHaveCount(3);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export calendar' }).click();
  expect((await download).suggestedFilename()).toBe('freezes-of-acme.ics');

  await page.getByRole('link', { name: 'Christmas (shadow) all day' }).first().click();
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Freezes' })).toBeVisible();
});

test('what somebody else saves is told and takes nothing away that is being typed', async ({ page, browser }) => {
  await logIn(page, 'adam@flow.demo');
  await page.goto(productUrl('/t/acme/governance/guardrails/new'));
  await page.getByLabel('Title').fill('Small steps');
  await page.getByLabel('First step at most').fill('50');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Small steps' })).toBeVisible();

  const second = await (await browser.newContext()).newPage();
  await logIn(second, 'adam@flow.demo');
  await second.goto(page.url());
  await second.getByLabel('First step at most').fill('40');
  await page.getByLabel('First step at most').fill('30');
  await page.getByLabel('Why').fill('Half is too much');
  await page.getByRole('button', { name: 'Save as a new revision' }).click();
  await expect(page.getByText('Half is too much')).toBeVisible();
  await expect(page.getByLabel('First step at most')).toHaveValue('30');

  await expect(second.getByText('Revision 2 was saved meanwhile')).toBeVisible();
  await expect(second.getByLabel('First step at most')).toHaveValue('40');
  await second.getByRole('button', { name: 'Save as a new revision' }).click();
  await expect(second.getByText('Someone else has changed it since you looked', { exact: false })).toBeVisible();
  await second.getByRole('button', { name: 'Show revision 2' }).click();
  await expect(second.getByLabel('First step at most')).toHaveValue('30');
  await second.context().close();

  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Guardrails' })).toBeVisible();
});

test('a refused plan is deployed by the nearest one that passes, with one click, and what it costs is said before', async ({ page }) => {
  await logIn(page, 'adam@flow.demo');
  await page.goto(productUrl('/t/acme/governance/guardrails/new'));
  await page.getByLabel('Title').fill('Slowly with suggestions');
  await page.getByLabel('Enforcement').selectOption('enforce');
  const chosen = page.getByRole('button', { name: 'Take Recommendations out' });
  await pick(page.getByLabel('Services', { exact: true }), chosen, 'Recommendations');
  await page.getByLabel('First step at most').fill('5');
  await page.getByLabel('Pause after each step at least').fill('120');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Slowly with suggestions' })).toBeVisible();
  const guardrailUrl = page.url();

  await page.goto(productUrl('/t/acme/services/recommendations'));
  await page.getByRole('button', { name: 'Deploy…' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Environment').selectOption({ label: 'Production' });
  await expect(dialog.getByText('It would be refused.')).toBeVisible();
  await expect(dialog.getByText(/^Steps: 5%, 120 s, /)).toBeVisible();
  await expect(dialog.getByText(/^It takes at least \d+ min.* longer\.$/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Deploy by this plan' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Recommendations 0\.8\.0 to Production$/ })).toBeVisible();
  await expect(page.getByText(/by the nearest plan that passes: Steps: 5%, 120 s/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the deployment' }).click();
  await expect(page.getByText('Cancelled').first()).toBeVisible();

  await page.goto(guardrailUrl);
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Guardrails' })).toBeVisible();
});
