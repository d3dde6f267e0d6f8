import { describe, expect, test } from 'vitest';
import { afterCall, describeQuestion, lateAnswer, readAnswer } from './index.ts';
import type { CallOutcome } from './index.ts';

const now = new Date('2026-03-01T10:00:00Z');

describe('what a call was answered', () => {
  test.each<[number, string, CallOutcome]>([
    [200, '{"result":"allowed","reason":"CHG1"}', { kind: 'answered', result: 'allowed', reason: 'CHG1' }],
    [200, '{"result":"refused"}', { kind: 'answered', result: 'refused', reason: '' }],
    [202, '{"result":"pending","reason":"The board meets at noon"}', { kind: 'pending', reason: 'The board meets at noon' }],
    [202, ' ', { kind: 'pending', reason: '' }],
    [200, '<html>log in</html>', { kind: 'failed', trouble: 'answered something that is no answer' }],
    [200, '{"result":"yes"}', { kind: 'failed', trouble: 'answered something that is no answer' }],
    [200, 'null', { kind: 'failed', trouble: 'answered something that is no answer' }],
    [200, `{"result":"allowed","reason":"${'x'.repeat(501)}"}`, { kind: 'failed', trouble: 'answered something that is no answer' }],
    [302, '', { kind: 'unfit', trouble: 'answered HTTP 302, and redirects are not followed' }],
    [404, '{"result":"allowed"}', { kind: 'unfit', trouble: 'answered HTTP 404' }],
    [429, '', { kind: 'failed', trouble: 'answered HTTP 429' }],
    [503, '', { kind: 'failed', trouble: 'answered HTTP 503' }],
  ])('%i %s', (status, body, outcome) => {
    expect(readAnswer({ status, body })).toEqual(outcome);
  });

  test('a reason keeps no control characters and no half characters', () => {
    expect(readAnswer({ status: 200, body: '{"result":"refused","reason":"a\\u0000b\\u001b[31m\\ud800"}' })).toEqual({
      kind: 'answered',
      result: 'refused',
      reason: 'a b [31m\uFFFD',
    });
  });

  test('a late answer says yes or no, and of which deployment', () => {
    const late = { id: 'q1', deploymentId: 'd1', result: 'allowed' };
    expect(lateAnswer.parse(late)).toEqual({ ...late, reason: '' });
    expect(lateAnswer.safeParse({ ...late, result: 'pending' }).success).toBe(false);
    expect(lateAnswer.safeParse({ id: 'q1', result: 'allowed' }).success).toBe(false);
  });
});

describe('after a call', () => {
  const tried = { attempts: 1, retriesMax: 3, answerWithinMinutes: 60, now, random: 0.5 };
  const failed = { kind: 'failed', trouble: 'answered HTTP 503' } as const;

  test('that failed it is called again, later each time, as often as was said', () => {
    const waits = [1, 2, 3, 4].map((attempts) => afterCall(failed, { ...tried, attempts }));
    expect(waits.map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting', 'silent']);
    expect(waits.map(({ nextAt }) => (nextAt === null ? null : nextAt.getTime() - now.getTime()))).toEqual([5_000, 30_000, 120_000, null]);
    expect(afterCall(failed, { ...tried, retriesMax: 0 })).toEqual({ state: 'silent', nextAt: null });
  });

  test('that will never be answered it is not called again', () => {
    expect(afterCall({ kind: 'unfit', trouble: 'answered HTTP 404' }, tried)).toEqual({ state: 'silent', nextAt: null });
  });

  test('an answer that comes later is waited for until its time is over', () => {
    expect(afterCall({ kind: 'pending', reason: '' }, tried)).toEqual({ state: 'pending', nextAt: new Date('2026-03-01T11:00:00Z') });
    expect(afterCall({ kind: 'answered', result: 'refused', reason: '' }, tried)).toEqual({ state: 'answered', nextAt: null });
  });
});

test.each([
  [{ state: 'waiting', attempts: 0, said: '' }, 'waiting for Board since 2026-03-01 10:00 UTC'],
  [
    { state: 'waiting', attempts: 2, said: 'answered HTTP 503' },
    'waiting for Board since 2026-03-01 10:00 UTC: Board answered HTTP 503, tried 2 times',
  ],
  [{ state: 'pending', attempts: 1, said: 'it meets at noon' }, 'waiting for Board since 2026-03-01 10:00 UTC: it meets at noon'],
  [{ state: 'silent', attempts: 4, said: 'did not answer in 30 s' }, 'Board did not answer in 30 s, tried 4 times'],
  [{ state: 'silent', attempts: 1, said: 'answered HTTP 404' }, 'Board answered HTTP 404, tried once'],
] as const)('%j is told in a sentence', (question, sentence) => {
  expect(describeQuestion({ name: 'Board', askedAt: now, ...question })).toBe(sentence);
});
