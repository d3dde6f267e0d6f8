import { expect, test } from 'vitest';
import { isNewEnough } from './requirements.ts';

test.each(['go1.26.1', 'go1.26.8', 'go1.27', 'go1.27rc1', 'go2.0'])('%s builds the parts', (version) => {
  expect(isNewEnough(version)).toBe(true);
});

test.each(['go1.26', 'go1.25.9', 'go1.9', 'devel', ''])('%s is refused as too old or unknown', (version) => {
  expect(isNewEnough(version)).toBe(false);
});
