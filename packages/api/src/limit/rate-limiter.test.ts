import { FlowError } from '@flow/core/fault';
import { expect, test } from 'vitest';
import { addressKey } from './address-key.ts';
import { limits, procedureLimits } from './limits.ts';
import { createMeter, createRateLimiter, keysMax } from './rate-limiter.ts';

const start = new Date('2026-03-01T10:00:00.000Z').getTime();

test('a burst passes, the next waits for the steady rate, and who has waited so long passes', () => {
  const meter = createMeter({ burst: 3, perMinute: 60 });
  expect([0, 0, 0, 0].map(() => meter.take('a', start))).toEqual([0, 0, 0, 1_000]);
  expect(meter.take('a', start + 999)).toBe(1);
  expect(meter.take('a', start + 1_000)).toBe(0);
  expect(meter.take('a', start + 1_000)).toBe(1_000);
});

test('asking while refused does not put the next chance off', () => {
  const meter = createMeter({ burst: 1, perMinute: 60 });
  meter.take('a', start);
  for (let asked = 0; asked < 100; asked += 1) expect(meter.take('a', start + asked)).toBe(1_000 - asked);
  expect(meter.take('a', start + 1_000)).toBe(0);
});

test('one minute of asking without a pause lets through the burst and the rate, and no more', () => {
  const meter = createMeter({ burst: 10, perMinute: 60 });
  let passed = 0;
  for (let ms = 0; ms < 60_000; ms += 7) if (meter.take('a', start + ms) === 0) passed += 1;
  expect(passed).toBeGreaterThanOrEqual(69);
  expect(passed).toBeLessThanOrEqual(70);
});

test('one key does not use up another’s', () => {
  const meter = createMeter({ burst: 1, perMinute: 1 });
  expect(meter.take('a', start)).toBe(0);
  expect(meter.take('b', start)).toBe(0);
});

test('a flood of keys leaves the memory bounded, and what was counted last is still known', () => {
  const meter = createMeter({ burst: 1, perMinute: 1 });
  for (let key = 0; key < keysMax * 3; key += 1) meter.take(`key-${key}`, start);
  expect(meter.size).toBe(keysMax);
  expect(meter.take(`key-${keysMax * 3 - 1}`, start)).toBeGreaterThan(0);
});

test('a refusal says when to come back, and a wider scale lets more through', () => {
  const refusedAt = (scale: number) => {
    const rates = createRateLimiter({ now: () => new Date(start), scale });
    for (let count = 0; ; count += 1) {
      try {
        rates.countProcedure('session.setUp', 'a');
      } catch (error) {
        return { count, error };
      }
    }
  };
  const { count, error } = refusedAt(1);
  expect(count).toBe(procedureLimits['session.setUp']?.burst);
  expect(error).toBeInstanceOf(FlowError);
  expect(error).toMatchObject({ code: 'limited', retryAfterSeconds: 12, message: 'Too many requests at once: try again in 12 seconds' });
  expect(refusedAt(3).count).toBe(3 * count);
});

test('a name of the prototype is no procedure with a limit', () => {
  const rates = createRateLimiter({ now: () => new Date(start) });
  for (const path of ['constructor', '__proto__', 'toString']) expect(() => rates.countProcedure(path, 'a')).not.toThrow();
});

test('every limit lets something through', () => {
  for (const limit of [...Object.values(limits), ...Object.values(procedureLimits)]) {
    expect(limit.burst).toBeGreaterThanOrEqual(1);
    expect(limit.perMinute).toBeGreaterThanOrEqual(1);
  }
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:DB8:1:2::', '2001:db8:1:2'],
  ['2001:0db8:1::9', '2001:db8:1:0'],
  ['::1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['', 'unknown'],
  [null, 'unknown'],
])('%s is counted as %s', (address, key) => {
  expect(addressKey(address)).toBe(key);
});
