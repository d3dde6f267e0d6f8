import { expect, test } from 'vitest';
import { metricName, metricValue } from './metric-words.ts';

test.each([
  ['error-rate', 0.0512, 'error rate: 5.12 %'],
  ['error-rate', 1, 'error rate: 100 %'],
  ['p95', 512.345, '95th percentile of latency: 512 ms'],
  ['queue-depth', 0.3333, 'queue-depth: 0.333'],
  ['constructor', 12, 'constructor: 12'],
])('%s at %d is said as "%s"', (metric, value, said) => {
  expect(`${metricName(metric)}: ${metricValue(metric, value)}`).toBe(said);
});
