import { describe, expect, test } from 'vitest';
import { durations, openReviewsText, placeText, reviewShown, stateShown } from './exemption-texts.ts';

const now = new Date('2026-03-02T10:00:00Z');
const later = '2026-03-02T11:00:00.000Z';
const earlier = '2026-03-02T09:00:00.000Z';

describe('how far an exemption is', () => {
  test.each([
    ['asked', null, later, 'Waits for an answer'],
    ['asked', null, earlier, 'Never answered'],
    ['granted', null, later, 'In force'],
    ['granted', null, earlier, 'Over'],
    ['granted', earlier, later, 'Used'],
    ['refused', null, later, 'Refused'],
    ['withdrawn', null, later, 'Taken back'],
  ] as const)('%s, used %s, ends %s: %s', (...[state, usedAt, endsAt, label]) => {
    expect(stateShown({ state, usedAt, endsAt }, now).label).toBe(label);
  });

  test('a review is open, overdue or closed, and of a planned one there is none', () => {
    expect(reviewShown({ reviewDueAt: later, reviewClosedAt: null }, now)?.label).toBe('Review open');
    expect(reviewShown({ reviewDueAt: earlier, reviewClosedAt: null }, now)?.label).toBe('Review overdue');
    expect(reviewShown({ reviewDueAt: earlier, reviewClosedAt: earlier }, now)?.label).toBe('Reviewed');
    expect(reviewShown({ reviewDueAt: null, reviewClosedAt: null }, now)).toBeNull();
  });
});

test('its place says which version, and whether it is of one deployment', () => {
  const place = { service: { id: 's', slug: 's', name: 'Checkout' }, environment: { id: 'e', slug: 'e', name: 'Production' } };
  expect(placeText({ ...place, version: '1.4', deploymentId: null })).toBe('Checkout 1.4 in Production');
  expect(placeText({ ...place, version: '1.4', deploymentId: 'd1' })).toBe('Checkout 1.4 in Production, one deployment');
  expect(placeText({ ...place, version: null, deploymentId: null })).toBe('Checkout, any version, in Production');
});

test('no longer time is offered than is allowed', () => {
  expect(durations(4 * 3_600_000).map(({ label }) => label)).toEqual(['1 hour', '2 hours', '4 hours']);
  expect(durations(30 * 24 * 3_600_000).at(-1)?.label).toBe('30 days');
});

test('open reviews say what the next exemption needs', () => {
  expect(openReviewsText(1)).toContain('one more approval');
  expect(openReviewsText(2)).toContain('2 more approvals');
});
