import { expect, test } from 'vitest';
import { connectionFromToken } from './connection-from-token.ts';
import { testCertificate } from './testing/certificate.ts';

const good = { server: 'https://10.0.0.1:6443', caPem: testCertificate, token: 'abc' };
const faultsOf = (change: Partial<typeof good>) => {
  const read = connectionFromToken({ ...good, ...change });
  return read.ok ? [] : read.faults.map((fault) => `${fault.path}: ${fault.message}`);
};

test('address, authority and token become a connection, whatever spaces and slashes were pasted with them', () => {
  expect(connectionFromToken({ server: ' https://10.0.0.1:6443/ ', caPem: `\n${testCertificate}\n\n`, token: ' abc\n' })).toEqual({
    ok: true,
    connection: { server: 'https://10.0.0.1:6443', caPem: testCertificate, credential: { kind: 'token', token: 'abc' } },
  });
});

test('without an authority the ones of this machine count', () => {
  expect(connectionFromToken({ ...good, caPem: ' ' })).toMatchObject({ ok: true, connection: { caPem: null } });
});

test.each([
  [{ server: 'http://10.0.0.1' }, /^server: .*must begin with https/],
  [{ server: 'file:///etc/passwd' }, /^server: .*must begin with https/],
  [{ server: 'https://me:secret@10.0.0.1' }, /^server: .*must not hold a user/],
  [{ caPem: 'bm90IGEgY2VydGlmaWNhdGU=' }, /^caPem: .*PEM/],
  [{ token: '' }, /^token: give the token/],
  [{ token: 'abc\r\nX-Other: 1' }, /^token: .*header/],
])('%j is refused at its field', (change, fault) => {
  expect(faultsOf(change)).toEqual([expect.stringMatching(fault)]);
});

test('all faults are told at once', () => {
  expect(faultsOf({ server: '', caPem: 'x', token: '' })).toHaveLength(3);
});
