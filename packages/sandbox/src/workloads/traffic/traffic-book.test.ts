import { expect, test } from 'vitest';
import { percentileMs, LATENCY_BOUNDS_MS, latencyClass } from './latency-histogram.ts';
import { TrafficBook } from './traffic-book.ts';

test('only the requests inside the window count, and none after a minute', () => {
  let now = new Date('2026-01-01T00:00:00Z');
  const book = new TrafficBook(() => now);
  const record = (isError: boolean) => book.record({ service: 'shop/api', hash: 'v1', isError, latencyMs: 10 });
  record(true);
  now = new Date('2026-01-01T00:00:30Z');
  record(false);
  expect(book.measure('shop/api', 60, 'v1')).toMatchObject({ requests: 2, errors: 1, errorRate: 0.5, successRate: 0.5 });
  expect(book.measure('shop/api', 10, 'v1')).toMatchObject({ requests: 1, errors: 0 });
  now = new Date('2026-01-01T00:01:31Z');
  expect(book.measure('shop/api', 60)).toMatchObject({ requests: 0, errorRate: 0, p99Ms: 0 });
  expect(book.hashes('shop/api')).toEqual([]);
});

test('percentiles are within a quarter of the true latency', () => {
  const counts = LATENCY_BOUNDS_MS.map(() => 0);
  for (let ms = 1; ms <= 1000; ms += 1) counts[latencyClass(ms)] = (counts[latencyClass(ms)] ?? 0) + 1;
  for (const share of [0.5, 0.95, 0.99]) {
    const found = percentileMs(counts, share) / (share * 1000);
    expect(found).toBeGreaterThan(0.75);
    expect(found).toBeLessThan(1.25);
  }
});
