import { expect, test } from 'vitest';
import { createLogReader } from './log-reader.ts';
import type { LogPage } from './log-reader.ts';

function page(ordinal: number, hasMore: boolean): LogPage {
  return { chunks: [{ firstLine: ordinal + 1, text: `${ordinal}\n` }], nextOrdinal: ordinal, hasMore };
}

test('a wish during reading is read at the end, and each piece is asked for once', async () => {
  const asked: number[] = [];
  const answers: ((value: LogPage) => void)[] = [];
  const told: string[] = [];
  const reader = createLogReader({
    readPage: (after) => {
      asked.push(after);
      const { promise, resolve } = Promise.withResolvers<LogPage>();
      answers.push(resolve);
      return promise;
    },
    onPage: (read) => told.push(`to ${read.nextOrdinal}`),
    onEnd: () => told.push('end'),
    onError: () => told.push('error'),
  });
  const first = reader.readOn();
  answers[0]?.(page(0, true));
  await expect.poll(() => asked).toEqual([-1, 0]);
  await reader.readOn();
  answers[1]?.(page(1, false));
  await expect.poll(() => asked).toEqual([-1, 0, 1]);
  answers[2]?.(page(2, false));
  await first;
  expect(told).toEqual(['to 0', 'to 1', 'to 2', 'end']);
});

test('after an error the next wish goes on where it stopped', async () => {
  const told: string[] = [];
  let isDown = true;
  const reader = createLogReader({
    readPage: (after) => (isDown && after === 0 ? Promise.reject(new Error('down')) : Promise.resolve(page(after + 1, after < 1))),
    onPage: (read) => told.push(`to ${read.nextOrdinal}`),
    onEnd: () => told.push('end'),
    onError: () => told.push('error'),
  });
  await reader.readOn();
  isDown = false;
  await reader.readOn();
  expect(told).toEqual(['to 0', 'error', 'to 1', 'to 2', 'end']);
});

test('a stopped reader tells nothing', async () => {
  const told: string[] = [];
  const reader = createLogReader({
    readPage: () => Promise.resolve(page(0, false)),
    onPage: () => told.push('page'),
    onEnd: () => told.push('end'),
    onError: () => told.push('error'),
  });
  const reading = reader.readOn();
  reader.stop();
  await reading;
  expect(told).toEqual([]);
});
