import { expect, test } from 'vitest';
import { commonEnvironment, sandboxEnvironment, seedEnvironment, webEnvironment, workerEnvironment } from './environment.ts';
import type { Settings } from './environment.ts';

const settings: Settings = {
  databaseUrl: 'postgresql://flow@127.0.0.1/flow',
  secrets: { secret: 'the-secret', encryptionKey: 'the-key', auditKey: 'the-audit-key' },
  stateDir: '/state folder',
  webHost: '127.0.0.1',
  webPort: 3001,
  publicUrl: 'http://127.0.0.1:3001',
  isDemo: true,
  isDevelopment: false,
  isVerbose: false,
};
const own = {
  PATH: '/bin',
  HOME: '/home/ada',
  AWS_SECRET_ACCESS_KEY: 'not for children',
  DATABASE_URL: 'postgresql://elsewhere/x',
  FLOW_GIT_ALLOW: 'https://git.example/',
};

test('no process gets what it was not meant to get', () => {
  const all = [
    commonEnvironment(own, false),
    webEnvironment(own, settings),
    workerEnvironment(own, settings),
    sandboxEnvironment(own, false),
    seedEnvironment(own, settings, { sandboxKubeconfigs: [] }),
  ];
  for (const environment of all) expect(Object.keys(environment)).not.toContain('AWS_SECRET_ACCESS_KEY');
});

test('the secret of the sessions reaches the web process alone, and the sandbox gets no secret and no database', () => {
  expect(webEnvironment(own, settings)).toMatchObject({
    FLOW_SECRET: 'the-secret',
    DATABASE_URL: settings.databaseUrl,
    FLOW_WEB_PORT: '3001',
  });
  expect(workerEnvironment(own, settings)).not.toHaveProperty('FLOW_SECRET');
  expect(seedEnvironment(own, settings, { sandboxKubeconfigs: [] })).not.toHaveProperty('FLOW_AUDIT_KEY');
  const sandbox = JSON.stringify(sandboxEnvironment(own, false));
  for (const secret of ['the-secret', 'the-key', 'the-audit-key', 'postgresql']) expect(sandbox).not.toContain(secret);
});

test('the worker may read the repositories of the demo, and only then', () => {
  expect(workerEnvironment(own, settings)['FLOW_GIT_ALLOW']).toBe('file:///state%20folder/git/,https://git.example/');
  expect(workerEnvironment(own, { ...settings, isDemo: false })['FLOW_GIT_ALLOW']).toBe('https://git.example/');
});

test('the seed is told the clusters of the sandbox, or those that were given in their place', () => {
  const sandbox = seedEnvironment(own, settings, { sandboxKubeconfigs: ['/a', '/b'] });
  expect(sandbox).toMatchObject({ FLOW_SANDBOX_KUBECONFIGS: '/a,/b' });
  const given = seedEnvironment(own, settings, { kubeconfigPath: '/real' });
  expect(given).toMatchObject({ FLOW_DEMO_KUBECONFIG: '/real' });
  expect(given).not.toHaveProperty('FLOW_SANDBOX_KUBECONFIGS');
});

test('telemetry is off everywhere', () => {
  expect(commonEnvironment(own, false)).toMatchObject({ NEXT_TELEMETRY_DISABLED: '1', TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' });
});
