import { expect, test } from 'vitest';
import { askedOf, exportAddress } from './asked-of.ts';

const asked = (values: Record<string, string>) => askedOf((name) => values[name] ?? '');

test('the last day is shown whole, and what is no day is not asked for', () => {
  const { from, to } = asked({ from: '2026-03-01', to: '2026-03-01' });
  expect(from).toBe(new Date(2026, 2, 1).toISOString());
  expect(to).toBe(new Date(2026, 2, 2).toISOString());
  expect(asked({ from: 'yesterday', to: '2026-3-1' })).toEqual({});
});

test('an export is of what the filters show', () => {
  const address = exportAddress('acme', asked({ q: 'a & b', actor: 'user:u' }));
  expect(Object.fromEntries(new URL(address, 'https://flow.test').searchParams)).toEqual({
    tenant: 'acme',
    search: 'a & b',
    actor: 'user:u',
  });
});
