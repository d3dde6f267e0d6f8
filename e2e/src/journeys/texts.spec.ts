import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { logIn, productUrl } from './people.ts';
import { test } from './portal-test.ts';
import { clone } from '../surroundings/repository.ts';

// What people write stands on the pages as they wrote it, and runs nowhere. A script that ran, or was kept from running by the policy of the page alone,
// fails this: the first sets `ran`, the second is a violation that the test of every journey looks for.
const script = '"><img src=x onerror="window.ran=1"><script>window.ran=1</script>{{7*7}}';
const escape = '\u001b';

interface Watched {
  ran?: number;
}

/** Nothing of the page ran, and nothing on it leads to a script. */
async function expectHarmless(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as Window & Watched).ran)).toBeUndefined();
  expect(await page.locator('a[href^="javascript:" i], a[href^="data:" i]').count()).toBe(0);
  expect(await page.locator('img[src="x"]').count()).toBe(0);
}

test('names and titles are text on every page that shows them', async ({ page }) => {
  await logIn(page, 'adam@flow.demo');
  const change = async (procedure: string, input: object) => {
    const answer = await page.request.post(productUrl(`/api/trpc/${procedure}`), { data: input, headers: { origin: productUrl() } });
    expect([procedure, answer.status(), await answer.text()]).toEqual([procedure, 200, expect.any(String)]);
  };
  const tenant = 'acme';
  const name = `Odd ${script}`.slice(0, 80);
  await change('service.create', { tenant, slug: 'odd', name, repositoryUrl: 'https://git.invalid/odd.git' });
  const asked = encodeURIComponent(JSON.stringify({ tenant, service: 'odd' }));
  const found = await page.request.get(productUrl(`/api/trpc/service.get?input=${asked}`));
  const { id: serviceId } = z.object({ result: z.object({ data: z.object({ id: z.string() }) }) }).parse(await found.json()).result.data;
  await change('incident.open', { tenant, serviceId, title: name, severity: 'minor' });
  await change('group.save', { tenant, name: name.slice(0, 60), memberIds: [] });

  for (const path of ['/services', '/services/odd', '/governance/incidents', '/admin/groups', '/audit']) {
    await page.goto(productUrl(`/t/acme${path}`));
    await expect(page.getByText('<img src=x onerror=', { exact: false }).first()).toBeVisible();
    await expectHarmless(page);
  }
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('Odd');
  await expect(page.getByRole('option', { name: /Odd/ }).first()).toContainText('<img src=x');
  await expectHarmless(page);
});

test('an address that would run something is refused at its field', async ({ page }) => {
  await logIn(page, 'adam@flow.demo');
  for (const repositoryUrl of [
    'javascript:window.ran=1',
    'data:text/html,<script>window.ran=1</script>',
    'ext::sh -c id',
    '--upload-pack=id',
  ]) {
    const answer = await page.request.post(productUrl('/api/trpc/service.create'), {
      data: { tenant: 'acme', slug: 'worse', name: 'Worse', repositoryUrl },
      headers: { origin: productUrl() },
    });
    expect([repositoryUrl, answer.status()]).toEqual([repositoryUrl, 400]);
    expect(await answer.text()).toContain('repositoryUrl');
  }
});

test('what a commit says and a step prints is text: no markup, no links out of a terminal, colours only', async ({ page }) => {
  await logIn(page, 'rita@flow.demo');
  const repository = await clone();
  const printed = [
    script,
    `${escape}]8;;javascript:window.ran=1${escape}\\a link${escape}]8;;${escape}\\`,
    `${escape}[31mred${escape}[0m${escape}[2J`,
  ];
  await repository.push(
    'price.test.js',
    (text) => `for (const line of ${JSON.stringify(printed)}) console.log(line);\nprocess.exit(1);\n${text}`,
    `Say ${script}`,
  );
  await page.goto(productUrl('/t/acme/runs'));
  await expect(page.getByText('Say "><img src=x', { exact: false }).first()).toBeVisible();
  await expectHarmless(page);
  await page
    .getByRole('link', { name: /^Checkout #/ })
    .first()
    .click();
  await page
    .getByRole('group', { name: 'Stages' })
    .getByRole('button', { name: /^test / })
    .click();
  const log = page.getByRole('log');
  await expect(log).toContainText('<img src=x onerror=');
  await expect(log).toContainText('a link');
  await expect(log).not.toContainText('javascript:');
  await expect(log.getByText('red', { exact: true })).toBeVisible();
  expect(await log.getByRole('link').count()).toBe(0);
  await expectHarmless(page);
});
