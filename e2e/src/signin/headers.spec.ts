import { expect, test } from '@playwright/test';
import { productUrl } from '../journeys/people.ts';

test('a script that does not know the nonce of the page does not run, and the browser says so where the journeys look', async ({
  page,
}) => {
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  await page.goto(productUrl('/login'));
  await page.locator('body').evaluate((body: { innerHTML: string }) => {
    body.innerHTML = '<img src="/nothing" onerror="document.title = \'taken over\'">';
  });
  await expect.poll(() => said.some((text) => /content security policy/i.test(text))).toBe(true);
  expect(await page.title()).not.toBe('taken over');
});

test('every page has a nonce of its own, for all of its scripts', async ({ request }) => {
  const nonces = new Set<string>();
  for (const path of ['/', '/login', '/setup', '/t/acme', '/t/acme/services/checkout', '/no-such-page']) {
    const answer = await request.get(productUrl(path), {
      headers: { 'content-security-policy': "script-src 'nonce-mine'", 'x-flow-nonce': 'mine' },
    });
    const nonce = /script-src 'nonce-([^']+)'/.exec(answer.headers()['content-security-policy'] ?? '')?.[1] ?? '';
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{24}$/);
    const scripts = (await answer.text()).match(/<script\b[^>]*>/g) ?? [];
    expect(scripts.length).toBeGreaterThan(0);
    expect(scripts.filter((script) => !script.includes(`nonce="${nonce}"`))).toEqual([]);
    nonces.add(nonce);
  }
  expect(nonces.size).toBe(6);
});

test('every answer is dressed: pages, data, refusals and files', async ({ request }) => {
  for (const path of [
    '/login',
    '/api/trpc/session.me',
    '/api/trpc/no.such',
    '/api/stream',
    '/api/healthz',
    '/api/auth/session',
    '/icon.svg',
    '/no-such-page',
  ]) {
    const headers = (await request.get(productUrl(path))).headers();
    expect(headers, path).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
    expect(headers['x-powered-by'], path).toBeUndefined();
  }
});

test('the sixth try on an account in a minute gets 429 and the time to wait', async ({ request }) => {
  const read: unknown = await (await request.get(productUrl('/api/auth/csrf'))).json();
  const csrfToken = typeof read === 'object' && read !== null && 'csrfToken' in read ? String(read.csrfToken) : '';
  const attempt = () =>
    request.post(productUrl('/api/auth/callback/credentials'), {
      form: { email: 'nobody@flow.demo', password: 'wrong', csrfToken, json: 'true' },
    });
  for (let tried = 0; tried < 5; tried += 1) expect((await attempt()).status()).toBe(401);
  const refused = await attempt();
  expect(refused.status()).toBe(429);
  expect(refused.headers()['retry-after']).toBe('60');
  expect(await refused.text()).toContain('Too%20many%20attempts');
});
