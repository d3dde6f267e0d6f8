import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatSteps, parseSteps } from './step-text.ts';
import type { CanaryStep } from './view.ts';

const step = fc.oneof(
  fc.record({ kind: fc.constant('weight' as const), percent: fc.integer({ min: 0, max: 100 }) }),
  fc.record({ kind: fc.constant('pause' as const), durationSeconds: fc.integer({ min: 1, max: 999_999 }) }),
  fc.constantFrom<CanaryStep>({ kind: 'pause' }, { kind: 'analysis' }),
);

test('steps that are written and read again are the same steps', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      expect(parseSteps(formatSteps(steps))).toEqual({ ok: true, steps });
    }),
  );
});

test('what is no step is named with its line, whatever else is right', () => {
  expect(parseSteps('20 %\n\nwait 5x\n101 %\nanalysis')).toEqual({
    ok: false,
    faults: [
      { path: 'line 3', message: '"wait 5x" is no step: write 20 %, wait 5m, wait, or analysis' },
      { path: 'line 4', message: '"101 %" is no step: write 20 %, wait 5m, wait, or analysis' },
    ],
  });
});

test('any text is read or refused, and never breaks', () => {
  fc.assert(fc.property(fc.string(), (text) => typeof parseSteps(text).ok === 'boolean'));
});
