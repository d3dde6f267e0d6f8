import { expect } from '@playwright/test';
import type { Browser, Locator, Page } from '@playwright/test';
import { logIn, productUrl } from './people.ts';
import { pick } from './pick.ts';
import { test } from './portal-test.ts';

// The rule is of one service that no other journey deploys, in development, and is archived at the end.

async function as(browser: Browser, email: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await logIn(page, email);
  return page;
}

const rule = 'Payments stand still';
const mayNot = `${rule}: the books are being closed`;
const told = (page: Page): Locator => page.getByRole('region', { name: 'Worth knowing' });

test('a rule is written, tried on the past and in shadow, stops what it should, is passed by two people and in an emergency by one, and all of it is told', async ({
  browser,
}) => {
  const adam = await as(browser, 'adam@flow.demo');
  const [dora, rita] = [await as(browser, 'dora@flow.demo'), await as(browser, 'rita@flow.demo')];
  await writeRule(adam);
  await tryOnThePast(adam);
  await watchInShadow(adam);
  await switchOn(adam);

  // Blocked, and told why.
  await dora.goto(productUrl('/t/acme/services/payments?to=development'));
  await expect(dora.getByText('It would be refused.')).toBeVisible();
  await expect(dora.getByRole('region', { name: 'Refuses it' })).toContainText(mayNot);
  await deploy(dora);
  await expect(dora.getByRole('dialog').getByRole('alert').filter({ hasText: 'It is lifted by' })).toContainText(mayNot);
  await dora.keyboard.press('Escape');

  // A second person gives what was asked for, and the page that is open hears of it.
  const asking = await askFor(dora);
  await asking.getByRole('button', { name: 'Ask for it' }).click();
  await expect(asking.getByLabel('Why')).toHaveAccessibleDescription(/say why/);
  await asking.getByLabel('Why').fill('A customer cannot pay');
  await asking.getByRole('button', { name: 'Ask for it' }).click();
  await expect(asking).toBeHidden();
  await rita.goto(productUrl('/t/acme/governance/exemptions'));
  const wish = rita.getByRole('article', { name: new RegExp(rule) }).first();
  await expect(wish).toContainText('A customer cannot pay');
  await wish.getByRole('button', { name: /^Give it/ }).click();
  await rita.getByRole('dialog').getByRole('button', { name: 'Give it' }).click();
  await expect(wish).toContainText('In force');
  await expect(dora.getByText('It can start at once.')).toBeVisible();
  await expect(told(dora)).toContainText('Exempt by Rita Release (A customer cannot pay)');
  await deploy(dora);
  await expectExempted(dora, 'Planned');

  // It was for once.
  await rita.goto(productUrl('/t/acme/services/payments?to=development'));
  await expect(rita.getByText('It would be refused.')).toBeVisible();
  const emergency = await askFor(rita);
  await emergency.getByLabel('Kind').selectOption('breakGlass');
  await expect(emergency.getByText(/Someone else must review it afterwards/)).toBeVisible();
  await emergency.getByLabel('Why').fill('Nobody can pay at all');
  await emergency.getByLabel('Ticket').fill('INC-42');
  await emergency.getByRole('button', { name: 'Break the glass' }).click();
  await expect(told(rita)).toContainText('Break-glass by Rita Release (Nobody can pay at all, INC-42)');
  await deploy(rita);
  await expectExempted(rita, 'Break-glass');

  // In the audit log, with the start as its use.
  await adam.goto(productUrl('/t/acme/audit?action=exemption.'));
  await expect(adam.getByText(/Broke the glass from “?"?Payments stand still/)).toBeVisible();
  await expect(adam.getByText(/Started by the break-glass of Rita Release/)).toBeVisible();

  // Whoever took it closes nothing.
  await rita.goto(productUrl('/t/acme/governance/rules'));
  await rita.getByRole('link', { name: 'Look at them' }).click();
  const taken = (page: Page): Locator => page.getByRole('article', { name: new RegExp(rule) }).first();
  await expect(taken(rita)).toContainText('Review open');
  await expect(taken(rita).getByRole('button', { name: /^Close review/ })).toHaveCount(0);
  await adam.goto(productUrl('/t/acme/governance/exemptions?view=reviews'));
  await taken(adam)
    .getByRole('button', { name: /^Close review/ })
    .click();
  const closing = adam.getByRole('dialog');
  await closing.getByLabel('What you have found').fill('It was right: the fix was small');
  await closing.getByRole('button', { name: 'Close review' }).click();
  await expect(adam.getByText('Nothing is open')).toBeVisible();
  await expect(rita.getByText('Nothing is open')).toBeVisible();

  // The ledger counts both as bypasses, with the deployments behind the number, and each leads on.
  await adam.goto(productUrl('/t/acme/governance/ledger'));
  const account = adam.getByRole('row', { name: new RegExp(rule) }).first();
  await account.getByRole('button', { name: /^2 \(\d+%\)$/ }).click();
  const behind = adam.getByRole('dialog', { name: `Passed it by an exemption: ${rule}` });
  await expect(behind.getByRole('link', { name: 'Payments to Development' })).toHaveCount(2);
  await behind.getByRole('link', { name: 'Payments to Development' }).first().click();
  await expect(adam.getByRole('heading', { level: 1, name: /^Payments .* to Development$/ })).toBeVisible();

  await archiveRule(adam);
});

test('before the start stands how it will probably go, by what is usual here', async ({ page }) => {
  await logIn(page, 'dora@flow.demo');
  await page.goto(productUrl('/t/acme/services/payments?to=development'));
  await page.getByRole('region', { name: 'Can I deploy now?' }).getByRole('button', { name: 'Deploy…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Environment').selectOption({ label: 'Development' });
  const forecast = dialog.getByRole('region', { name: 'How it will probably go' });
  await expect(forecast.getByText(/^Starts /)).toBeVisible();
  await expect(forecast.getByText(/^Arrives /)).toBeVisible();
  await forecast.getByText(/part by part$/).click();
  await expect(forecast.getByText(/^Wave 1: /)).toBeVisible();
  await forecast.getByText('What this rests on').click();
  await expect(forecast.getByText(/Nobody knows what will be measured/)).toBeVisible();
});

/** Writes the rule in shadow, with a fault first, which is told at its line. */
async function writeRule(page: Page): Promise<void> {
  await page.goto(productUrl('/t/acme/governance/rules/new'));
  await page.getByLabel('Title').fill(rule);
  await page.getByLabel('Effect').selectOption('block');
  await page.getByLabel('Message').fill(mayNot);
  const condition = page.getByLabel('Condition', { exact: true });
  await condition.fill('service.name == "Payments" &&\n  environment.kindd == "development"');
  await page.getByRole('checkbox', { name: 'Development', exact: true }).check();
  await pick(page.getByLabel('Services', { exact: true }), page.getByRole('button', { name: 'Take Payments out' }), 'Payments');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/line 2, column \d+: No such key: kindd/)).toBeVisible();
  await expect(condition).toBeFocused();
  await condition.fill('service.name == "Payments" &&\n  environment.kind == "development"');
  await expect(page.getByText(/deployments of the last four weeks it would have stopped \d+/)).toBeVisible();
}

/** Asks the rule about all that was recorded before it is saved. */
async function tryOnThePast(page: Page): Promise<void> {
  const backtest = page.getByRole('region', { name: 'Backtest' });
  await backtest.getByRole('button', { name: 'Run it over the past' }).click();
  await expect(backtest.getByText(/^Looked at [\d,]+ of [\d,]+ starts$/)).toBeVisible();
  await expect(backtest.getByText(/^[1-9]\d* of \d+$/)).toBeVisible();
  await expect(backtest.getByRole('link', { name: /^Payments .* to Development$/ }).first()).toBeVisible();
}

/** In shadow it is judged, and stops nothing. */
async function watchInShadow(page: Page): Promise<void> {
  await expect(page.getByLabel('Enforcement')).toHaveValue('shadow');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: rule })).toBeVisible();
  await page.goto(productUrl('/t/acme/governance/rules'));
  await page.getByLabel('Service', { exact: true }).selectOption({ label: 'Payments' });
  await page.getByLabel('Environment', { exact: true }).selectOption({ label: 'Development' });
  await page.getByText(/in shadow would have had a say/).click();
  await expect(page.getByText(`It would refuse: ${mayNot}`)).toBeVisible();
}

async function switchOn(page: Page): Promise<void> {
  await page.getByRole('link', { name: rule }).first().click();
  // The list, which has fields of the same name, stands until the rule has been read.
  await expect(page.getByRole('heading', { level: 1, name: rule })).toBeVisible();
  await page.getByLabel('Enforcement').selectOption('enforce');
  await page.getByLabel('Why').fill('The past agrees with it');
  await page.getByRole('button', { name: 'Save as a new revision' }).click();
  await expect(page.getByText('The past agrees with it')).toBeVisible();
}

async function archiveRule(page: Page): Promise<void> {
  await page.goto(productUrl('/t/acme/governance/rules'));
  await page.getByRole('link', { name: rule }).first().click();
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Rules' })).toBeVisible();
}

/** Opens the question beside the reason. */
async function askFor(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: `Ask for an exemption from: ${mayNot}` }).click();
  const dialog = page.getByRole('dialog', { name: new RegExp(rule) });
  await expect(dialog).toBeVisible();
  return dialog;
}

/** Deploys the newest version to development. */
async function deploy(page: Page): Promise<void> {
  await page.getByRole('region', { name: 'Can I deploy now?' }).getByRole('button', { name: 'Deploy…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Environment').selectOption({ label: 'Development' });
  await dialog.getByRole('button', { name: 'Deploy', exact: true }).click();
}

async function expectExempted(page: Page, kind: string): Promise<void> {
  await expect(page.getByText('Exempted from rules')).toBeVisible();
  await expect(page.getByText(new RegExp(`${kind} from “${rule}”`))).toBeVisible();
  await expect(page.getByText('Succeeded', { exact: true }).first()).toBeVisible({ timeout: 180_000 });
}
