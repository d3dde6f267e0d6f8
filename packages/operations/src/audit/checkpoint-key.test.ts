import { checkpointBody, readCheckpoint } from '@flow/core/audit';
import { FlowError } from '@flow/core/fault';
import { expect, test } from 'vitest';
import { checkpointSigner, checkpointVerifier } from './index.ts';

const signer = checkpointSigner('a secret of the operator with many characters');
const checkpoint = { tenantId: 't1', seq: 42, hash: 'ab'.repeat(32), at: new Date('2026-03-01T10:00:00Z') };
const note = signer.sign(checkpoint);

test('what was signed is read by whoever has the public key, and the same secret gives the same key', () => {
  expect(signer.verifier.text).toMatch(/^flow-audit\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
  expect(checkpointVerifier(signer.verifier.text).read(note)).toEqual(checkpoint);
  expect(checkpointSigner('a secret of the operator with many characters').verifier.text).toBe(signer.verifier.text);
});

test.each([
  ['another place', note.replace('\n42\n', '\n43\n')],
  ['another chain', note.replace('flow-audit/t1', 'flow-audit/t2')],
  ['another time', note.replace('2026', '2025')],
  ['a broken signature', note.replace(/(— \S+ \S{20})./, '$1A').replace(/(— \S+ \S{24})./, '$1B')],
  ['no signature', note.replace(/— .*/, '')],
  ['the signature of another key', checkpointSigner('another secret that is long enough too').sign(checkpoint)],
  ['the name of another key', note.replace('— flow-audit ', '— other ')],
])('a note with %s is not taken', (_, forged) => {
  expect(signer.verifier.read(forged)).toBeNull();
});

test('a note that a second key has signed too is taken by both', () => {
  const other = checkpointSigner('another secret that is long enough too');
  const both = `${note}${other.sign(checkpoint).split('\n\n')[1] ?? ''}`;
  expect(readCheckpoint(both)?.body).toBe(checkpointBody(checkpoint));
  expect([signer.verifier.read(both), other.verifier.read(both)]).toEqual([checkpoint, checkpoint]);
});

test.each([
  '',
  'flow-audit',
  'flow-audit+00000000+AAAA',
  signer.verifier.text.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
  `x${signer.verifier.text}`,
])('a public key %j is refused', (text) => {
  expect(() => checkpointVerifier(text)).toThrow(FlowError);
});
