import { describe, expect, test } from 'vitest';
import { evaluateDepends, tasksOf } from './depends.ts';
import { parseDurationMs } from './duration.ts';
import { substitute, unresolvedTag } from './substitute.ts';
import { evaluateWhen } from './when.ts';

describe('when', () => {
  test.each([
    ['', true],
    ['true', true],
    ['a == a', true],
    ['\'a b\' == "a b"', true],
    ['1 == 1.0', true],
    ["1 == '1'", false],
    ['2 > 10', false],
    ["'2' > '10'", true],
    ['a == b || (c != d && !(1 < 0))', true],
    ["b in ('a', 'b')", true],
    ["'v1.2' =~ '^v[0-9]'", true],
    ["'' == ''", true],
  ])('%s is %s', (when, expected) => {
    expect(evaluateWhen(when)).toBe(expected);
  });

  test.each(['a == ', '(a == a', 'a', '1 < a', '{{x}} == 1', 'a ==== b', "a =~ '('"])('%s is refused', (when) => {
    expect(() => evaluateWhen(when)).toThrow(`Invalid 'when' expression '${when}'`);
  });
});

describe('depends', () => {
  const results = {
    of: (task: string, result: string) => (task === 'bad' ? result === 'Failed' : result === 'Succeeded'),
    default: () => ['Succeeded', 'Skipped'] as const,
  };
  test.each([
    ['a', true],
    ['bad', false],
    ['bad.Failed && my-task_2', true],
    ['!(a.Succeeded && bad.Failed) || bad', false],
  ])('%s is %s', (depends, expected) => {
    expect(evaluateDepends(depends, results)).toBe(expected);
  });

  test('names its tasks once each, and refuses what it cannot read', () => {
    expect(tasksOf('a.Failed || (b && a)')).toEqual(['a', 'b']);
    expect(() => evaluateDepends('a.Wrong', results)).toThrow("task result 'Wrong' for task 'a' is invalid");
    expect(() => tasksOf('a & b')).toThrow("invalid depends 'a & b' at '& b'");
  });
});

test('durations are seconds, or units added up', () => {
  expect(['90', '1h30m', '500ms', '2d', '1.5s', 'soon', ''].map(parseDurationMs)).toEqual([
    90_000,
    5_400_000,
    500,
    172_800_000,
    1500,
    undefined,
    undefined,
  ]);
});

test('tags are replaced however deep; those of others stay, and only those of the engine count as unresolved', () => {
  const scope = new Map([['inputs.parameters.x', 'say "hi"\n']]);
  expect(substitute({ a: ['{{inputs.parameters.x}}!', 3], '{{inputs.parameters.x}}': '{{ .Values.y }}' }, scope)).toEqual({
    a: ['say "hi"\n!', 3],
    '{{inputs.parameters.x}}': '{{ .Values.y }}',
  });
  expect(unresolvedTag({ a: '{{ .Values.y }} {{other}}' })).toBeUndefined();
  expect(unresolvedTag({ a: ['{{steps.a.outputs.result}}'] })).toBe('{{steps.a.outputs.result}}');
});
