import { expect, test } from 'vitest';
import { commonHeaders, dataPolicy, newNonce, pagePolicy } from './security-headers.ts';

const served = { isDevelopment: false, publicUrl: 'https://flow.test' };
const scriptsOf = (policy: string) => /script-src ([^;]*)/.exec(policy)?.[1] ?? '';

test('scripts run by the nonce of their answer only, never because they are inline or evaluated', () => {
  expect(scriptsOf(pagePolicy('abc', served))).toBe("'nonce-abc' 'strict-dynamic'");
  expect(pagePolicy('abc', served)).toContain("script-src-attr 'none'");
});

test('only development may evaluate', () => {
  expect(scriptsOf(pagePolicy('abc', { ...served, isDevelopment: true }))).toContain("'unsafe-eval'");
  expect(scriptsOf(pagePolicy('abc', { ...served, isDevelopment: true }))).not.toContain("'unsafe-inline'");
});

test('no page of another site frames Flow, and nothing is loaded from elsewhere', () => {
  for (const policy of [pagePolicy('abc', served), dataPolicy]) {
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).not.toMatch(/https?:|\*/);
  }
});

test('a nonce is long, and no two are the same', () => {
  const nonces = Array.from({ length: 1_000 }, newNonce);
  expect(new Set(nonces).size).toBe(1_000);
  for (const nonce of nonces) expect(nonce).toMatch(/^[A-Za-z0-9+/]{24}$/);
});

test('https is asked for only where Flow is served by it', () => {
  expect(commonHeaders(served)).toHaveProperty('strict-transport-security');
  expect(commonHeaders({ ...served, publicUrl: 'http://127.0.0.1:3000' })).not.toHaveProperty('strict-transport-security');
});
