import { expect, test } from 'vitest';
import { createSealer } from './envelope.ts';

const place = { table: 'cluster', column: 'sealed_credential', rowId: 'c1' };
const sealer = createSealer('k'.repeat(43));

test('a secret opens where it was sealed', () => {
  expect(sealer.open(sealer.seal('token-ä', place), place)).toBe('token-ä');
});

test('a ciphertext that was copied to another row, column or table does not open', () => {
  const sealed = sealer.seal('token', place);
  for (const other of [{ rowId: 'c2' }, { column: 'other' }, { table: 'webhook_source' }])
    expect(() => sealer.open(sealed, { ...place, ...other })).toThrow('cannot be opened');
});

test('a changed byte anywhere is noticed', () => {
  const sealed = sealer.seal('token', place);
  const [version, keyId, wrapped = '', body = ''] = sealed.split('.');
  const flip = (text: string) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`);
  expect(() => sealer.open([version, keyId, flip(wrapped), body].join('.'), place)).toThrow('cannot be opened');
  expect(() => sealer.open([version, keyId, wrapped, flip(body)].join('.'), place)).toThrow('cannot be opened');
});

test('another key does not open it, and says so', () => {
  expect(() => createSealer('o'.repeat(43)).open(sealer.seal('token', place), place)).toThrow('another FLOW_ENCRYPTION_KEY');
});

test('sealing twice gives two texts, neither of which holds the secret', () => {
  const [one, two] = [sealer.seal('topsecret', place), sealer.seal('topsecret', place)];
  expect(one).not.toBe(two);
  for (const text of [one, two]) expect(`${text}${Buffer.from(text, 'base64url').toString('latin1')}`).not.toContain('topsecret');
});

test('a short key is refused', () => {
  expect(() => createSealer('short')).toThrow('at least 32 characters');
});
