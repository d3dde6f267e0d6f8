import { describe, expect, test } from 'vitest';
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

test('a short previous key is refused too', () => {
  expect(() => createSealer('k'.repeat(43), 'short')).toThrow('FLOW_ENCRYPTION_KEY_PREVIOUS must have at least 32 characters');
});

describe('while the key is changed', () => {
  const before = createSealer('b'.repeat(43));
  const during = createSealer('a'.repeat(43), 'b'.repeat(43));
  const after = createSealer('a'.repeat(43));

  test('what was sealed under the key before opens, and new secrets need the new key alone', () => {
    expect(during.open(before.seal('token', place), place)).toBe('token');
    expect(after.open(during.seal('token', place), place)).toBe('token');
    expect(() => before.open(during.seal('token', place), place)).toThrow('another FLOW_ENCRYPTION_KEY');
  });

  test('a secret that is wrapped anew opens under the new key alone, and its ciphertext is the same', () => {
    const sealed = before.seal('token', place);
    const next = during.rewrap(sealed, place) ?? '';
    expect(after.open(next, place)).toBe('token');
    expect(() => before.open(next, place)).toThrow('another FLOW_ENCRYPTION_KEY');
    expect(next.split('.').at(-1)).toBe(sealed.split('.').at(-1));
    expect(during.rewrap(next, place)).toBeNull();
  });

  test('a secret of another row, or under a third key, is not wrapped anew', () => {
    expect(() => during.rewrap(before.seal('token', place), { ...place, rowId: 'c2' })).toThrow('cannot be opened');
    expect(() => during.rewrap(createSealer('c'.repeat(43)).seal('token', place), place)).toThrow('another FLOW_ENCRYPTION_KEY');
  });
});
