import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { contextNames, parseKubeconfig } from './parse-kubeconfig.ts';
import { writeKubeconfig } from './write-kubeconfig.ts';
import { testCertificate } from './testing/certificate.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const ca = base64(testCertificate);

function aKubeconfig(cluster: Record<string, unknown> = {}, user: Record<string, unknown> = { token: 'abc' }): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', 'certificate-authority-data': ca, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

const faultsOf = (text: string, context?: string) => {
  const parsed = parseKubeconfig(text, context);
  return parsed.ok ? [] : parsed.faults.map((fault) => `${fault.path}: ${fault.message}`);
};

test('the contexts of a kubeconfig are named in their order, and none of a text that is not one', () => {
  const contexts = ['b', 'a'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } }));
  expect(contextNames(stringify({ contexts }))).toEqual(['b', 'a']);
  for (const text of ['', 'a: [', 'contexts: 7']) expect(contextNames(text)).toEqual([]);
});

describe('a kubeconfig', () => {
  test('with a token becomes a connection that holds nothing else, and reads back from what is handed to helm', () => {
    const parsed = parseKubeconfig(aKubeconfig());
    expect(parsed).toEqual({
      ok: true,
      connection: { server: 'https://10.0.0.1:6443', caPem: testCertificate, credential: { kind: 'token', token: 'abc' } },
    });
    if (parsed.ok) expect(parseKubeconfig(writeKubeconfig(parsed.connection))).toEqual(parsed);
  });

  test('with a client certificate and key becomes a connection', () => {
    const keyPem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const parsed = parseKubeconfig(aKubeconfig({}, { 'client-certificate-data': ca, 'client-key-data': base64(keyPem) }));
    expect(parsed.ok && parsed.connection.credential).toEqual({ kind: 'certificate', certPem: testCertificate, keyPem });
  });

  test.each([
    ['certificate-authority', { 'certificate-authority': '/etc/passwd' }, {}],
    ['insecure-skip-tls-verify', { 'insecure-skip-tls-verify': true }, {}],
    ['proxy-url', { 'proxy-url': 'http://evil' }, {}],
    ['tls-server-name', { 'tls-server-name': 'other' }, {}],
  ])('with %s is refused by that name and its path', (field, cluster, user) => {
    expect(faultsOf(aKubeconfig(cluster, { token: 'abc', ...user }))).toEqual([
      expect.stringMatching(`^clusters\\.0\\.cluster\\.${field}: ${field}: `),
    ]);
  });

  test.each([
    'exec',
    'auth-provider',
    'client-certificate',
    'client-key',
    'tokenFile',
    'token-file',
    'username',
    'password',
    'as',
    'as-groups',
    'unknown-thing',
    '__proto__',
    'constructor',
  ])('with %s in its user is refused by that name and its path', (field) => {
    const text = `${aKubeconfig().replace('token: abc', `token: abc\n      "${field}": x`)}`;
    expect(faultsOf(text)).toEqual([expect.stringMatching(`^users\\.0\\.user\\.${field}: ${field}: `)]);
  });

  test('with several contexts is read at the current one, or the one asked for', () => {
    const text = `${aKubeconfig()
      .replace('contexts:\n', 'contexts:\n  - name: y\n    context: { cluster: c, user: bad }\n')
      .replace('users:\n', 'users:\n  - name: bad\n    user: { exec: { command: id } }\n')}`;
    expect(faultsOf(text)).toEqual([]);
    expect(faultsOf(text, 'y')).toEqual([expect.stringMatching(/^users\.0\.user\.exec: exec: a command/)]);
    expect(faultsOf(text, 'z')).toEqual(['contexts: There is no context "z"; there are: y, x']);
    expect(faultsOf(text.replace('current-context: x', ''))).toEqual(['current-context: Set current-context to one of: y, x']);
  });

  test.each([
    ['an address without TLS', { server: 'http://example.com' }, /must begin with https/],
    ['a file as address', { server: 'file:///etc' }, /must begin with https/],
    ['no address', { server: '' }, /not a URL/],
    ['a password in the address', { server: 'https://a:b@example.com' }, /must not hold a user/],
    ['an authority that is none', { 'certificate-authority-data': base64('hello') }, /is not a certificate/],
    ['an authority that is not base64', { 'certificate-authority-data': '!!' }, /is not base64/],
  ])('with %s is refused', (_what, cluster, message) => {
    expect(faultsOf(aKubeconfig(cluster))).toEqual([expect.stringMatching(message)]);
  });

  test('on loopback may do without TLS', () => {
    expect(faultsOf(aKubeconfig({ server: 'http://127.0.0.1:8001' }))).toEqual([]);
  });

  test('without a credential, or with one that would end a header line, is refused', () => {
    expect(faultsOf(aKubeconfig({}, {}))).toEqual([expect.stringMatching(/^users\.0\.user: Give a token/)]);
    expect(faultsOf(aKubeconfig({}, { token: 'a\nX-Evil: 1' }))).toEqual([expect.stringMatching(/cannot stand in a header/)]);
  });

  test('that is hostile or broken is refused with a reason, at once', () => {
    expect(faultsOf('a: [')).toEqual([expect.stringMatching(/^line 1/)]);
    expect(faultsOf('['.repeat(20_000))).toEqual([expect.stringMatching(/nested/)]);
    expect(faultsOf('a'.repeat(2_000_000))).toEqual([expect.stringMatching(/larger than 1024 kB/)]);
    expect(faultsOf('a: 1\na: 2')).toEqual([expect.stringMatching(/unique/)]);
    expect(faultsOf('42')).toEqual([expect.stringMatching(/one YAML document/)]);
  });

  test('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(parseKubeconfig(text).ok).toBe(false);
      }),
    );
  });
});
