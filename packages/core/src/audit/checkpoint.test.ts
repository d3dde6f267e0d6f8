import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkpointBody, readCheckpoint, readCheckpoints, signedNote } from './index.ts';

const checkpoint = {
  tenantId: 't1',
  seq: 42,
  hash: createHash('sha256').update('end').digest('hex'),
  at: new Date('2026-03-01T10:00:00Z'),
};
const body = checkpointBody(checkpoint);
const note = signedNote(body, { keyName: 'flow-audit', keyAndSignature: 'AAAA' });

test('is written as a log checkpoint: origin, size, hash, the time as its extension, and the signature after an empty line', () => {
  expect(note).toBe(
    `flow-audit/t1\n42\n${Buffer.from(checkpoint.hash, 'hex').toString('base64')}\n2026-03-01T10:00:00.000Z\n\n— flow-audit AAAA\n`,
  );
});

test('is read back as it was written, alone and among others and other text', () => {
  expect(readCheckpoint(note)).toEqual({ checkpoint, body, signatures: [{ keyName: 'flow-audit', keyAndSignature: 'AAAA' }] });
  const later = signedNote(checkpointBody({ ...checkpoint, seq: 43 }), { keyName: 'flow-audit', keyAndSignature: 'BBBB' });
  expect(readCheckpoints(`from the log:\n${note}\n${later}`).map((one) => one.checkpoint.seq)).toEqual([42, 43]);
});

test.each([
  ['another origin', note.replace('flow-audit/', 'other/')],
  ['no size', note.replace('\n42\n', '\nmany\n')],
  ['a size with a zero before it', note.replace('\n42\n', '\n042\n')],
  ['a hash of another length', note.replace(/\n[^\n]{44}\n/, '\nAAAA\n')],
  ['no time', note.replace(/2026[^\n]*/, 'yesterday')],
  ['more than is known', note.replace('\n\n', '\nmore\n\n')],
  ['no empty line', note.replace('\n\n', '\n')],
  ['nothing', ''],
])('a text with %s is none', (_, text) => {
  expect(readCheckpoint(text)).toBeNull();
});
