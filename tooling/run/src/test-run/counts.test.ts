import { expect, test } from 'vitest';
import { countChecks, countFile, countPlaywright, countVitest, sum, withExit } from './counts.ts';

const vitest = (more: object) => JSON.stringify({ success: true, numPassedTests: 3, numFailedTests: 0, testResults: [], ...more });
const file = (status: string, ...assertions: string[]) => ({ status, assertionResults: assertions.map((each) => ({ status: each })) });

test('tests that held and tests that failed are counted', () => {
  expect(countVitest(vitest({ success: false, numFailedTests: 2, testResults: [file('failed', 'failed', 'failed')] }))).toEqual({
    passed: 3,
    failed: 2,
  });
});

test('a file of tests that could not be loaded is a failure', () => {
  expect(countVitest(vitest({ success: false, testResults: [file('failed'), file('passed', 'passed')] }))).toEqual({
    passed: 3,
    failed: 1,
  });
});

test('a run that failed in no test, as by an unhandled rejection, is a failure', () => {
  expect(countVitest(vitest({ success: false }))).toEqual({ passed: 3, failed: 1 });
});

test('a journey that held only at a second try, and a report with errors alone, are failures', () => {
  expect(countPlaywright(JSON.stringify({ stats: { expected: 4, unexpected: 1, flaky: 2, skipped: 0 } }))).toEqual({
    passed: 4,
    failed: 3,
  });
  expect(countPlaywright(JSON.stringify({ stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }, errors: [{}] }))).toEqual({
    passed: 0,
    failed: 1,
  });
});

test('each line of the checks is one test', () => {
  expect(countChecks(['ok    sherif        0.3 s', 'FAIL  lint          9.1 s', 'ok this is not a check', 'All checks hold'])).toEqual({
    passed: 1,
    failed: 1,
  });
  expect(countChecks(['ok    sherif        0.3 s', 'ok    types         8.0 s'])).toEqual({ passed: 2, failed: 0 });
});

test('a missing result file is a failure, never nothing', async () => {
  expect(await countFile('/does/not/exist.json', countVitest)).toEqual({ passed: 0, failed: 1 });
});

test('a runner that failed counts at least one failure, and all runners add up', () => {
  expect(sum([withExit({ passed: 2, failed: 0 }, false), withExit({ passed: 1, failed: 0 }, true)])).toEqual({ passed: 3, failed: 1 });
});
