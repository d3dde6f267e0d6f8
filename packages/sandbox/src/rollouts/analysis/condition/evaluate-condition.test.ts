import { expect, test } from 'vitest';
import { conditionHolds } from './evaluate-condition.ts';

test.each<[string, unknown, boolean]>([
  ['result == true', true, true],
  ['result < 0.05', 0.01, true],
  ['result[0] >= 0.95', [0.9], false],
  ['result.errors == 0 && result.requests > 10', { errors: 0, requests: 11 }, true],
  ['result.state in ["ok", "fine"]', { state: 'fine' }, true],
  ['!(result.p95 > 300) || result.requests == 0', { p95: 500, requests: 0 }, true],
  ['asFloat(result.rate) * 100 <= 5', { rate: '0.04' }, true],
  ['asInt(result) % 2 == 1', '7', true],
  ['len(result) == 0 || isNaN(result[0])', [], true],
  ['len(result) > 0 and not (result[0] == 1)', [2], true],
  ["result.data.result[0]['value'] == 'up'", { data: { result: [{ value: 'up' }] } }, true],
  ['default(result, 0) < 1', null, true],
  ['result.missing == nil', {}, true],
  ['-result < 0', 3, true],
  ['1 + 2 * 3 == 7', 0, true],
  ['result > 5 ? true : false', 6, true],
])('%s for %j is %s', (condition, result, holds) => {
  expect(conditionHolds(condition, result)).toBe(holds);
});

test.each<[string, unknown, string]>([
  ['result', 1, 'expected bool, but got float64'],
  ['result > "a"', 1, 'invalid operation: > not defined on string'],
  ['result[3] == 1', [1], 'index out of range: 3 (array length is 1)'],
  ['all(result, {# > 1})', [1], 'not supported in a condition'],
  ['all(result)', [1], 'the function all() is not supported'],
  ['response == 1', 1, '"response" is not known in a condition'],
  ['result ==', 1, 'unexpected "the end"'],
  ['result == 1 1', 1, 'unexpected "1"'],
  ['result matches "a"', 'a', 'unexpected "matches"'],
  ['result == (1', 1, '")" is missing'],
])('%s is refused by name', (condition, result, message) => {
  expect(() => conditionHolds(condition, result)).toThrow(message);
});
