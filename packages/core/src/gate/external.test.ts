import { describe, expect, test } from 'vitest';
import { externalsToAsk } from './index.ts';
import type { Evidence, GateCheck } from './index.ts';

const now = new Date('2026-03-01T10:00:00Z');
const check = (externalId: string, maxAgeSeconds: number | null = null): GateCheck => ({
  kind: 'external',
  key: externalId || 'none',
  title: 'Board',
  maxAgeSeconds,
  externalId,
  ifSilent: 'hold',
});
const found = (over: Partial<Extract<Evidence, { kind: 'external' }>>): Evidence => ({
  kind: 'external',
  id: 'e1',
  digest: 'sha256:a',
  recordedAt: new Date('2026-03-01T09:00:00Z'),
  expiresAt: null,
  by: 'Board',
  externalId: 'x1',
  name: 'Board',
  configurationHash: 'h1',
  result: 'allowed',
  detail: '',
  ...over,
});
const toAsk = (checks: GateCheck[], evidence: Evidence[], configurationHash: string | null = 'h1') =>
  externalsToAsk([{ checks }], evidence, { digest: 'sha256:a', configurationHash, now });

describe('whom to ask', () => {
  test('is nobody before it is known what would be changed', () => {
    expect(toAsk([check('x1')], [], null)).toEqual([]);
  });

  test('is everyone once who has not said anything of this very content', () => {
    expect(toAsk([check('x1'), check('x1'), check('x2')], [])).toEqual(['x1', 'x2']);
    expect(toAsk([check('x1')], [found({ configurationHash: 'h2' })])).toEqual(['x1']);
    expect(toAsk([check('x1')], [found({ digest: 'sha256:b' })])).toEqual(['x1']);
    expect(toAsk([check('x1')], [found({})])).toEqual([]);
    expect(toAsk([check('x1')], [found({ result: 'refused' })])).toEqual([]);
  });

  test('is whoever answered too long ago, but not whoever has not answered yet', () => {
    expect(toAsk([check('x1', 60)], [found({})])).toEqual(['x1']);
    expect(toAsk([check('x1', 7_200)], [found({})])).toEqual([]);
    expect(toAsk([check('x1', 60)], [found({ result: 'waiting' })])).toEqual([]);
    expect(toAsk([check('x1', 60)], [found({}), found({ result: 'silent', recordedAt: now })])).toEqual([]);
  });

  test('is nobody where a check names none', () => {
    expect(toAsk([check('')], [])).toEqual([]);
  });
});
