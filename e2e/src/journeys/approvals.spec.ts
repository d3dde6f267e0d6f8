import { expect } from '@playwright/test';
import type { Browser, Page } from '@playwright/test';
import { logIn, productUrl } from './people.ts';
import { pick } from './pick.ts';
import { test } from './portal-test.ts';

// The policy that is written here stays in shadow and is archived: the other journeys deploy in the same product.

async function as(browser: Browser, email: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await logIn(page, email);
  return page;
}

test('a group is made, a policy asks it, and both can be read by everyone', async ({ browser }) => {
  const adam = await as(browser, 'adam@flow.demo');
  await adam.goto(productUrl('/t/acme/admin/groups'));
  await expect(adam.getByRole('row', { name: /Release crew/ })).toContainText('Rita Release');
  await adam.getByRole('button', { name: 'New group' }).click();
  await adam.getByLabel('Name', { exact: true }).fill('Payments owners');
  await pick(adam.getByLabel('Members', { exact: true }), adam.getByRole('button', { name: 'Take Dora Developer out' }), 'Dora Developer');
  await adam.getByRole('button', { name: 'Save' }).click();
  await expect(adam.getByRole('row', { name: /Payments owners/ })).toContainText('Dora Developer');

  await adam.goto(productUrl('/t/acme/governance/approvals/new'));
  await adam.getByLabel('Title').fill('Owners look at development');
  await adam.getByLabel('Group 1: name').fill('Owners');
  await adam.getByRole('button', { name: 'Save' }).click();
  await expect(adam.getByRole('group', { name: 'Who', exact: true })).toContainText('Too small');
  await adam.getByRole('checkbox', { name: 'Payments owners' }).first().check();
  await adam.getByLabel('Why').fill('Those who know it look first');
  await adam.getByRole('button', { name: 'Save' }).click();
  await expect(adam.getByRole('heading', { level: 1, name: 'Owners look at development' })).toBeVisible();

  const vera = await as(browser, 'vera@flow.demo');
  await vera.goto(productUrl('/t/acme/governance/approvals'));
  await expect(vera.getByRole('row', { name: /Owners look at development/ })).toContainText('1 of Owners');
  await adam.getByRole('button', { name: 'Archive' }).click();
  await adam.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(adam.getByRole('heading', { level: 1, name: 'Approval policies' })).toBeVisible();
});

test('someone who goes away names who votes in their place, and no circle', async ({ browser }) => {
  const rita = await as(browser, 'rita@flow.demo');
  await nameStandIn(rita, 'Dora Developer');
  await expect(rita.getByRole('row', { name: /Dora Developer/ })).toBeVisible();
  const dora = await as(browser, 'dora@flow.demo');
  await nameStandIn(dora, 'Rita Release');
  await expect(dora.getByRole('dialog')).toContainText('circle');
  await rita.getByRole('button', { name: /Take back/ }).click();
  await expect(rita.getByText('Nobody stands in for anybody')).toBeVisible();
});

async function nameStandIn(page: Page, name: string): Promise<void> {
  await page.goto(productUrl('/t/acme/me'));
  await page.getByRole('button', { name: 'Name a stand-in' }).click();
  const dialog = page.getByRole('dialog');
  await pick(
    dialog.getByLabel('Who votes in their place', { exact: true }),
    dialog.getByRole('button', { name: `Take ${name} out` }),
    name,
  );
  await dialog.getByLabel('From').fill(dayFromNow(-7));
  await dialog.getByLabel('Until').fill(dayFromNow(7));
  await dialog.getByRole('button', { name: 'Name', exact: true }).click();
}

function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 16);
}

test('the inbox is worked through with keys: what a yes means beside the buttons, a rejection with its reason, the decided ones after it', async ({
  browser,
}) => {
  const adam = await as(browser, 'adam@flow.demo');
  await adam.goto(productUrl('/t/acme/approvals'));
  const requests = adam.getByRole('list', { name: 'Requests' }).getByRole('listitem');
  // By its version: what Checkout's commit says names a cart too.
  const cart = requests.filter({ hasText: 'Cart 1.3.0' });
  await expect(cart).toBeVisible({ timeout: 60_000 });
  await cart.getByRole('button').click();
  await expect(adam.getByRole('list', { name: 'Risk' })).toContainText('Tier 1');
  await expect(adam.getByText('Can approve now:')).toContainText('Rita Release');
  await expect(adam).toHaveURL(/id=/);
  await adam.keyboard.press('x');
  await expect(adam.getByRole('toolbar', { name: 'Chosen requests' })).toContainText('1 chosen');
  await adam.keyboard.press('x');
  await expect(adam.getByRole('toolbar', { name: 'Chosen requests' })).toBeHidden();
  await adam.keyboard.press('n');
  const dialog = adam.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Reject' })).toBeDisabled();
  await dialog.getByLabel('Reason').fill('Not before the inventory');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(adam.getByText('Rejected').first()).toBeVisible();
  await adam.getByLabel('Show', { exact: true }).selectOption('Decided');
  await expect(cart).toContainText('Rejected');
});

test('a channel is made with a secret that is shown once, and addresses inside are refused', async ({ browser }) => {
  const adam = await as(browser, 'adam@flow.demo');
  await adam.goto(productUrl('/t/acme/admin/notifications'));
  await adam.getByRole('button', { name: 'New channel' }).click();
  const dialog = adam.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('Chat of the crew');
  await dialog.getByLabel('Address').fill('http://10.0.0.1:1/hook');
  await dialog.getByRole('button', { name: 'Make channel' }).click();
  await expect(dialog).toContainText('https://');
  await dialog.getByLabel('Address').fill('https://chat.invalid/hook');
  await dialog.getByRole('button', { name: 'Make channel' }).click();
  await expect(adam.getByText('whsec_')).toBeVisible();
  await adam.getByRole('button', { name: 'I have kept it' }).click();
  await expect(adam.getByRole('row', { name: /Chat of the crew/ })).toBeVisible();
  await adam.getByRole('button', { name: 'Remove Chat of the crew' }).click();
  await adam.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(adam.getByText('No channels yet')).toBeVisible();
});
