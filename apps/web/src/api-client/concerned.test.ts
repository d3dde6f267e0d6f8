import { expect, test } from 'vitest';
import { isConcerned } from './concerned.ts';

const diff = [['deployment', 'diff'], { input: {} }];

test('a step of a canary does not load the manifests again, a new preparation does', () => {
  expect(isConcerned(diff, 'target.changed')).toBe(false);
  expect(isConcerned(diff, 'deployment.changed')).toBe(true);
});

test('rights are asked for again when a membership changes, and only then', () => {
  expect(isConcerned([['session', 'me']], 'membership.changed')).toBe(true);
  expect(isConcerned([['session', 'me']], 'deployment.changed')).toBe(false);
});

test('lists and pages are asked again after every change but new lines of a log', () => {
  expect(isConcerned([['home', 'get']], 'run.changed')).toBe(true);
  expect(isConcerned([['run', 'get']], 'log.appended')).toBe(false);
});
