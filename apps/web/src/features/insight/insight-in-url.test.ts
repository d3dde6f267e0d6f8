import { expect, test } from 'vitest';
import { askedBy, behindText, readBehind } from './insight-in-url.ts';
import type { Behind } from './insight-in-url.ts';

const inUrl =
  (values: Readonly<Record<string, string>>) =>
  (name: string): string =>
    values[name] ?? '';

test('without anything in the URL it is production in the last thirty days; what is none is taken as not said', () => {
  expect(askedBy(inUrl({}))).toEqual({ days: 30, environmentKind: 'production' });
  expect(askedBy(inUrl({ days: 'forever' }))).toEqual({ days: 30, environmentKind: 'production' });
});

test('a kind of environment is told from an environment', () => {
  expect(askedBy(inUrl({ days: '90', where: 'staging', region: 'eu-west' }))).toEqual({
    days: 90,
    environmentKind: 'staging',
    region: 'eu-west',
  });
  expect(askedBy(inUrl({ where: 'e1', service: 's1' }))).toEqual({ days: 30, environmentId: 'e1', serviceId: 's1' });
});

test.each<Behind>([
  { number: 'lead', of: '' },
  { number: 'heldBy', of: 'rule r1', region: 'eu-west' },
  { number: 'step', of: '0 20 %', serviceId: 's1', from: '2026-03-01T00:00:00.000Z', until: '2026-03-02T00:00:00.000Z' },
])('%j is found again in the URL', (behind) => {
  expect(readBehind(behindText(behind))).toEqual(behind);
});

test('what is no number is passed over', () => {
  expect([readBehind(''), readBehind('number=beauty&of=')]).toEqual([null, null]);
});
