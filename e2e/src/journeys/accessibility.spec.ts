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
  '/approvals',
  '/artifacts',
  '/environments',
  '/governance/rules',
  '/governance/rules/new',
  '/governance/freezes',
  '/governance/freezes?view=list',
  '/governance/freezes/new',
  '/governance/guardrails/new',
  '/governance/gates/new',
  '/governance/incidents',
  '/audit',
  '/admin/members',
  '/admin/roles',
  '/admin/access',
  '/admin/clusters',
];

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every page keeps WCAG 2.2 AA as far as a program can tell, ${colorScheme}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await logIn(page, 'adam@flow.demo');
    const found: string[] = [];
    for (const path of pages) {
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
