import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keysOf } from './keys.ts';

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`);
const bytesOf = (key: string): Buffer => Buffer.from(key.replace(/^whsec_/, ''), 'base64');

test('the keys are the same at every call, have 32 bytes each, and are neither each other nor what they come from', () => {
  fc.assert(
    fc.property(secret, (kept) => {
      const { callKey, answerKey } = keysOf(kept);
      expect(keysOf(kept)).toEqual({ callKey, answerKey });
      expect([callKey, answerKey].map((key) => bytesOf(key).length)).toEqual([32, 32]);
      expect(new Set([kept, callKey, answerKey]).size).toBe(3);
    }),
  );
});

test('they are those of RFC 5869: extracted with a salt of zeros, expanded with the label', () => {
  const kept = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
  const extracted = createHmac('sha256', Buffer.alloc(32)).update(bytesOf(kept)).digest();
  const expanded = (label: string) =>
    createHmac('sha256', extracted)
      .update(label)
      .update(Buffer.from([1]))
      .digest('base64');
  expect(keysOf(kept)).toEqual({
    callKey: `whsec_${expanded('flow external check call')}`,
    answerKey: `whsec_${expanded('flow external check answer')}`,
  });
});
