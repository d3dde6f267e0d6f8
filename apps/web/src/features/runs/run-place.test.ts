import { expect, test } from 'vitest';
import { findPlace } from './run-place.ts';

const build = {
  key: 'build',
  state: 'succeeded',
  steps: [
    { id: 'b1', state: 'succeeded' },
    { id: 'b2', state: 'succeeded' },
  ],
};
const check = {
  key: 'check',
  state: 'failed',
  steps: [
    { id: 'c1', state: 'succeeded' },
    { id: 'c2', state: 'failed' },
  ],
};

test('without a place in the URL, the failed step of the failed stage is on the screen', () => {
  expect(findPlace([build, check], { stage: '', step: '' })).toEqual({ stage: check, step: check.steps[1] });
});

test('a step in the URL brings its stage, and a stage its first step', () => {
  expect(findPlace([build, check], { stage: '', step: 'b2' })).toEqual({ stage: build, step: build.steps[1] });
  expect(findPlace([build, check], { stage: 'build', step: 'gone' })).toEqual({ stage: build, step: build.steps[0] });
});

test('a run without stages has no place', () => {
  expect(findPlace([], { stage: 'build', step: '' })).toEqual({ stage: undefined, step: undefined });
});
