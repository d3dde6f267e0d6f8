import AxeBuilder from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { logIn, productUrl } from './people.ts';
import { test } from './portal-test.ts';

const pages = [
  '',
  '/services',
  '/services/checkout',
  '/runs',
  '/deployments',
  '/queue',
  '/approvals',
  '/approvals?show=decided',
  '/artifacts',
  '/environments',
  '/environments/compare',
  '/matrix',
  '/commits/0123456789',
  '/insights',
  '/governance/rules',
  '/governance/rules/new',
  '/governance/freezes',
  '/governance/freezes?view=list',
  '/governance/freezes/new',
  '/governance/guardrails/new',
  '/governance/gates/new',
  '/governance/approvals',
  '/governance/approvals/new',
  '/governance/promotions',
  '/governance/promotions/new',
  '/governance/exemptions?view=all',
  '/governance/incidents',
  '/governance/ledger',
  '/audit',
  '/admin/members',
  '/admin/groups',
  '/admin/notifications',
  '/admin/roles',
  '/me',
  '/admin/access',
  '/admin/clusters',
];

/** What only those see who run the installation. */
const platformPages = ['/admin/clusters', '/admin/clusters/new', '/admin/jobs'];

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page keeps WCAG 2.2 AA as far as a program can tell, ${colorScheme}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const found: string[] = [];
    const visits = [
      ...pages.map((path) => ({ path, email: 'adam@flow.demo' })),
      ...platformPages.map((path) => ({ path, email: 'paula@flow.demo' })),
    ];
    for (const { path, email } of visits) {
      if (path === visits.find((visit) => visit.email === email)?.path) await logIn(page, email);
      await page.goto(productUrl(`/t/acme${path}`));
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
      found.push(
        ...violations.map(
          (violation) => `${path || '/'}: ${violation.id} at ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`,
        ),
      );
    }
    await context.close();
    expect(found).toEqual([]);
  });
}

test('every page fits a phone without sideways scrolling', async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await logIn(page, 'adam@flow.demo');
  const tooWide: string[] = [];
  for (const path of pages) {
    await page.goto(productUrl(`/t/acme${path}`));
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const isTooWide = await page
      .locator('html')
      .evaluate((root: { scrollWidth: number; clientWidth: number }) => root.scrollWidth > root.clientWidth);
    if (isTooWide) tooWide.push(path);
  }
  await context.close();
  expect(tooWide).toEqual([]);
});

test('by keyboard alone a window is opened and left, and the focus is back where it was', async ({ page }) => {
  await logIn(page, 'adam@flow.demo');
  await page.goto(productUrl('/t/acme/services/checkout'));
  const edit = page.getByRole('button', { name: 'Edit', exact: true });
  await edit.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByLabel('Name')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(edit).toBeFocused();

  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(edit).toBeFocused();

  const account = page.getByRole('button', { name: 'Account of Adam Admin' });
  await account.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Change the tenant' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(account).toBeFocused();
});
