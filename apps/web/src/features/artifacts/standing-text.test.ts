import { expect, test } from 'vitest';
import { standingText } from './standing-text.ts';

test.each([
  [{ relation: 'same', aheadCount: 0, behindCount: 0 }, 'Runs there'],
  [{ relation: 'ahead', aheadCount: 1, behindCount: 0 }, '1 commit ahead'],
  [{ relation: 'behind', aheadCount: 0, behindCount: 4 }, '4 commits behind'],
  [{ relation: 'diverged', aheadCount: 2, behindCount: 1 }, '2 commits ahead, 1 behind'],
  [{ relation: 'unknown', aheadCount: 0, behindCount: 0 }, 'Not known how they relate'],
] as const)('%j is told as "%s"', (version, label) => {
  expect(standingText(version).label).toBe(label);
});
