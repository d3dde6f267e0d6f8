import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { demoSecrets, installationSecrets } from './secrets.ts';

const good = 'k3J9vQ2mX8rT5yB7nL4wZ1cD6fG0hP2sQ8rT5yB7nL4=';

async function aFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-secrets-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'secrets.json');
}

test("the demo's secrets are random, kept, and read by their owner only", async () => {
  const path = await aFile();
  const made = await demoSecrets(path);
  expect(await demoSecrets(path)).toEqual(made);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await demoSecrets(await aFile())).secret).not.toBe(made.secret);
  expect(Buffer.from(made.encryptionKey, 'base64')).toHaveLength(32);
});

test('a secrets file that is broken is named, with what to do', async () => {
  const path = await aFile();
  await writeFile(path, '{"secret":"short","encryptionKey":""}');
  await expect(demoSecrets(path)).rejects.toThrow('--reset');
});

test('outside the demo, secrets of the installation are taken as they are', () => {
  const both = { FLOW_SECRET: good, FLOW_ENCRYPTION_KEY: good };
  expect(installationSecrets(both)).toEqual({ secret: good, encryptionKey: good, auditKey: null });
  expect(installationSecrets({ ...both, FLOW_AUDIT_KEY: good }).auditKey).toBe(good);
  expect(() => installationSecrets({ ...both, FLOW_AUDIT_KEY: 'short' })).toThrow('FLOW_AUDIT_KEY has 5 characters');
});

test('a demo that was made before there was an audit key gets one, and keeps it with the rest', async () => {
  const path = await aFile();
  const { secret, encryptionKey } = await demoSecrets(await aFile());
  await writeFile(path, JSON.stringify({ secret, encryptionKey }));
  const completed = await demoSecrets(path);
  expect(completed).toMatchObject({ secret, encryptionKey, auditKey: expect.stringMatching(/^.{44}$/) });
  expect(await demoSecrets(path)).toEqual(completed);
});

test.each([
  ['missing', undefined, 'FLOW_SECRET is missing'],
  ['short', 'k3J9vQ2mX8rT5y', 'FLOW_SECRET has 14 characters'],
  ['repeated', 'ab'.repeat(30), 'FLOW_SECRET can be guessed'],
  ['known', `change-me-${'-'.repeat(20)}123456789`, 'FLOW_SECRET can be guessed'],
])('outside the demo, a %s secret is refused by name', (_what, secret, message) => {
  expect(() => installationSecrets({ FLOW_SECRET: secret, FLOW_ENCRYPTION_KEY: good })).toThrow(message);
});
