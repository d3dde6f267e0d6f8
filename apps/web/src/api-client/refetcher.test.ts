import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRefetcher } from './refetcher.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the first change is followed by a question at once', () => {
  let askedCount = 0;
  createRefetcher(() => Promise.resolve((askedCount += 1))).want();
  expect(askedCount).toBe(1);
});

test('a steady stream of changes never asks while an answer is under way, and asks once more when it has come', async () => {
  const answers: (() => void)[] = [];
  const refetcher = createRefetcher(() => new Promise<void>((resolve) => answers.push(resolve)));
  for (let change = 0; change < 20; change += 1) {
    refetcher.want();
    await vi.advanceTimersByTimeAsync(20);
  }
  expect(answers).toHaveLength(1);
  answers[0]?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(answers).toHaveLength(2);
  answers[1]?.();
  await vi.advanceTimersByTimeAsync(200);
  expect(answers).toHaveLength(2);
});

test('quick answers are asked for at most every 50 ms', async () => {
  let askedCount = 0;
  const refetcher = createRefetcher(() => Promise.resolve((askedCount += 1)));
  for (let change = 0; change < 90; change += 1) {
    refetcher.want();
    await vi.advanceTimersByTimeAsync(1);
  }
  expect(askedCount).toBe(2);
});

test('an answer that fails does not stop the next question', async () => {
  let askedCount = 0;
  const refetcher = createRefetcher(() => {
    askedCount += 1;
    return Promise.reject(new Error('no answer'));
  });
  refetcher.want();
  await vi.advanceTimersByTimeAsync(60);
  refetcher.want();
  expect(askedCount).toBe(2);
});

test('nothing is asked after the end', async () => {
  let askedCount = 0;
  const refetcher = createRefetcher(() => Promise.resolve((askedCount += 1)));
  refetcher.stop();
  refetcher.want();
  await vi.advanceTimersByTimeAsync(100);
  expect(askedCount).toBe(0);
});
