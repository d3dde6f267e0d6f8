import { expect } from '@playwright/test';
import type { Browser, Page, Route } from '@playwright/test';
import { logIn, productUrl } from '../journeys/people.ts';
import { test } from '../journeys/portal-test.ts';
import { companyPeople } from './company-people.ts';
import type { CompanyPerson } from './company-people.ts';

test('a stranger who signs in with the company account is told what to do, and is in the portal once an admin has added them', async ({
  page,
  browser,
}) => {
  await signIn(page, 'grace');
  await expect(page.getByText('You are not a member of a tenant yet')).toBeVisible();
  await expect(page.getByText(companyPeople.grace.email)).toBeVisible();

  await addToAcme(browser, companyPeople.grace.email);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();
  expect(page.url()).toBe(productUrl('/t/acme'));
});

test('an account with a password is not opened by a company account that has the same e-mail address', async ({ page }) => {
  await signIn(page, 'mallory');
  await expectRefused(page, /account with your e-mail address already.* not tied/);
});

test('an e-mail address that the provider has not verified lets nobody in', async ({ page }) => {
  await signIn(page, 'vera');
  await expectRefused(page, /has not verified your e-mail address/);
});

test('a person who breaks off at the provider is told so', async ({ page }) => {
  await askToSignIn(page);
  await page.goto(productUrl('/api/auth/callback/oidc?error=access_denied'));
  await expectRefused(page, /log-in was broken off/);
});

for (const value of ['state', 'nonce'] as const) {
  test(`an answer of the provider with another ${value} lets nobody in`, async ({ page }) => {
    await page.route(/\/auth\?/, (route) => route.continue({ url: withOther(route, value) }));
    await signIn(page, 'grace');
    await expectRefused(page, /did not belong to a log-in of this browser/);
  });
}

test('an answer of the provider that another browser asked for lets nobody in', async ({ page, browser }) => {
  const attacker = await browser.newContext();
  const other = await attacker.newPage();
  await askToSignIn(other);
  // By hand from here on, so that nobody uses the answer up.
  const asked = await attacker.request.post(other.url(), { form: { account: 'grace' }, maxRedirects: 0 });
  const answered = await attacker.request.get(asked.headers()['location'] ?? '', { maxRedirects: 0 });
  const callback = answered.headers()['location'] ?? '';
  expect(callback).toMatch(/\/api\/auth\/callback\/oidc\?code=/);
  await page.goto(callback);
  await expectRefused(page, /did not belong to a log-in of this browser/);
  await attacker.close();
});

test('a session that was ended elsewhere is signed out at its next request, and its open page within seconds', async ({
  page,
  browser,
}) => {
  await signIn(page, 'linus');
  await expect(page.getByText('You are not a member of a tenant yet')).toBeVisible();
  await addToAcme(browser, companyPeople.linus.email);
  await page.goto(productUrl('/t/acme'));
  await expect(page.getByRole('heading', { name: 'Home' })).toBeVisible();

  const elsewhere = await browser.newContext();
  const there = await elsewhere.newPage();
  await signIn(there, 'linus');
  await expect(there.getByRole('heading', { name: 'Home' })).toBeVisible();
  const ended = await there.request.post(productUrl('/api/trpc/session.logOutEverywhere'), { data: {} });
  expect(ended.status()).toBe(200);
  await elsewhere.close();

  expect((await page.request.get(productUrl('/api/trpc/session.me'))).status()).toBe(401);
  await expect(page.getByRole('heading', { name: 'Log in to Flow' })).toBeVisible();
  expect(page.url()).toBe(productUrl(`/login?to=${encodeURIComponent('/t/acme')}`));
});

async function askToSignIn(page: Page): Promise<void> {
  await page.goto(productUrl('/login'));
  await page.getByRole('button', { name: 'Log in with the company account' }).click();
  await expect(page.getByLabel('Account')).toBeVisible();
}

async function answerProvider(page: Page, person: CompanyPerson): Promise<void> {
  await page.getByLabel('Account').fill(person);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function signIn(page: Page, person: CompanyPerson): Promise<void> {
  await askToSignIn(page);
  await answerProvider(page, person);
}

/** The log-in page says why, and nobody is logged in. */
async function expectRefused(page: Page, why: RegExp): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Log in to Flow' })).toBeVisible();
  await expect(page.getByText(why)).toBeVisible();
  expect((await page.request.get(productUrl('/api/trpc/session.me'))).status()).toBe(401);
}

async function addToAcme(browser: Browser, email: string): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await logIn(page, 'adam@flow.demo');
  await page.goto(productUrl('/t/acme/admin/members'));
  await page.getByRole('button', { name: 'Add member' }).click();
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText(`${email} is a member now`)).toBeVisible();
  await context.close();
}

function withOther(route: Route, value: 'state' | 'nonce'): string {
  const url = new URL(route.request().url());
  url.searchParams.set(value, 'one-that-flow-did-not-give');
  return url.href;
}
