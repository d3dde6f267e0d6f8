import { expect, test } from 'vitest';
import { readEnvironment } from './env.ts';

const good = {
  DATABASE_URL: 'postgresql://flow@127.0.0.1/flow',
  FLOW_SECRET: 'k3J9vQ2mX8rT5yB7nL4wZ1cD6fG0hP2s',
  FLOW_ENCRYPTION_KEY: 'a9S8d7F6g5H4j3K2l1Q0w9E8r7T6y5U4i3O2p1A0',
};
const faults = (more: Record<string, string>) => {
  const read = readEnvironment({ ...good, ...more });
  return read.ok ? [] : read.faults;
};

test('a complete environment is read', () => {
  expect(readEnvironment(good)).toMatchObject({ ok: true, environment: { isDemo: false, host: '127.0.0.1', oidc: null } });
});

test.each([
  ['missing', ''],
  ['short', 'abc'],
  ['repeated', 'a'.repeat(64)],
  ['known', 'change-me-------------------------1234567890'],
])('a start with a %s secret is refused and says what to do', (_what, secret) => {
  expect(faults({ FLOW_SECRET: secret })[0]).toMatch(/^FLOW_SECRET: /);
  expect(faults({ FLOW_ENCRYPTION_KEY: secret })[0]).toMatch(/^FLOW_ENCRYPTION_KEY: /);
});

test('the demo listens on loopback only', () => {
  expect(faults({ FLOW_DEMO: '1', FLOW_WEB_HOST: '0.0.0.0' })[0]).toMatch(/loopback only/);
  expect(faults({ FLOW_DEMO: '1', FLOW_WEB_HOST: '127.0.0.1' })).toEqual([]);
});

test('a database address of another kind is refused by name', () => {
  expect(faults({ DATABASE_URL: 'mysql://x/y' })[0]).toMatch(/^DATABASE_URL/);
});

test('half of the settings of single sign-on are refused by the name of what is missing', () => {
  const whole = { FLOW_OIDC_ISSUER: 'https://id.test', FLOW_OIDC_CLIENT_ID: 'flow', FLOW_OIDC_CLIENT_SECRET: 's' };
  expect(faults(whole)).toEqual([]);
  const { FLOW_OIDC_CLIENT_SECRET: _, ...half } = whole;
  expect(faults(half)).toEqual(['FLOW_OIDC_CLIENT_SECRET: single sign-on needs it too']);
});
