import { expect, test } from 'vitest';
import { isAtLeast, minima } from './minima.ts';

test.each([
  ['v1.37.2', minima.kubernetes, true],
  ['v1.31.0', minima.kubernetes, true],
  ['v1.30.14+rke2r1', minima.kubernetes, false],
  ['v4.0.6', minima.workflows, true],
  ['v4.0.5', minima.workflows, false],
  ['v4.1.0-rc2', minima.workflows, true],
  ['3.7.14', minima.workflows, false],
  ['v1.10.1', minima.rollouts, true],
  ['v1.9.0', minima.rollouts, false],
  ['v2.0', minima.rollouts, true],
  ['latest', minima.rollouts, null],
  ['', minima.rollouts, null],
] as const)('whether %s is at least %s: %s', (version, minimum, expected) => {
  expect(isAtLeast(version, minimum)).toBe(expected);
});
