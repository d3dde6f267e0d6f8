import { expect, test } from 'vitest';
import { oidcIdentity } from './oidc.ts';
import { logInProblem } from './problems.ts';

test('an identity is the subject; a name that is missing or blank is the e-mail address', () => {
  const claims = { sub: 's1', email: 'ada@flow.test', email_verified: true };
  expect(oidcIdentity({ ...claims, name: 'Ada' })).toEqual({ subject: 's1', email: 'ada@flow.test', emailVerified: true, name: 'Ada' });
  expect(oidcIdentity({ ...claims, name: ' ' })?.name).toBe('ada@flow.test');
});

test('an e-mail address counts as verified only when the provider says so', () => {
  expect(oidcIdentity({ sub: 's1', email: 'ada@flow.test' })?.emailVerified).toBe(false);
  expect(oidcIdentity({ sub: 's1', email: 'ada@flow.test', email_verified: 'true' })?.emailVerified).toBe(true);
  expect(oidcIdentity({ sub: 's1', email: 'ada@flow.test', email_verified: 'false' })?.emailVerified).toBe(false);
  expect(oidcIdentity({ sub: 's1', email: 'ada@flow.test', email_verified: {} })).toBeNull();
});

test.each([undefined, null, {}, { sub: '', email: 'a@b.test' }, { sub: 's1' }, { email: 'a@b.test' }])('%j is no identity', (profile) => {
  expect(oidcIdentity(profile)).toBeNull();
});

test('the log-in page never shows words out of the address', () => {
  for (const code of ['<b>Call 555</b>', 'Call 555 now', '__proto__', 'constructor', 'toString'])
    expect(logInProblem(code)).toBe('The log-in did not work. Log in again from this page, or ask the platform team if it happens again');
  expect(logInProblem('oidc-conflict')).toContain('not tied to single sign-on by the address alone');
  expect(logInProblem(undefined)).toBeNull();
});
