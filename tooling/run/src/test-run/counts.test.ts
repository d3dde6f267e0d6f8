import { expect, test } from 'vitest';
import { countChecks, countFile, countPlaywright, countVitest, noCounts, sum, withExit } from './counts.ts';

const vitest = (more: object) => JSON.stringify({ success: true, numPassedTests: 3, numFailedTests: 0, testResults: [], ...more });
const assertion = (status: string, fullName: string, ...failureMessages: string[]) => ({ status, fullName, failureMessages });
const file = (name: string, status: string, ...assertionResults: ReturnType<typeof assertion>[]) => ({
  name,
  status,
  message: '',
  assertionResults,
});

test('tests that held and tests that failed are counted, and each that failed is named with the first line of what it said', () => {
  const testResults = [
    file(
      '/a.test.ts',
      'failed',
      assertion('failed', 'a > one', '\u001b[31mError: it is 3\u001b[39m\n    at a.ts'),
      assertion('passed', 'two'),
    ),
    file('/b.test.ts', 'failed', assertion('failed', 'three', '')),
  ];
  expect(countVitest(vitest({ success: false, numFailedTests: 2, testResults }))).toEqual({
    passed: 3,
    failed: 2,
    failures: [
      { file: '/a.test.ts', name: 'a > one', message: 'Error: it is 3' },
      { file: '/b.test.ts', name: 'three', message: '' },
    ],
    secondTries: [],
  });
});

test('a file of tests that could not be loaded is a failure', () => {
  const broken = { ...file('/a.test.ts', 'failed'), message: 'Cannot find module "b"' };
  const testResults = [broken, file('/b.test.ts', 'passed', assertion('passed', 'one'))];
  expect(countVitest(vitest({ success: false, testResults }))).toMatchObject({
    passed: 3,
    failed: 1,
    failures: [{ file: '/a.test.ts', name: null, message: 'Cannot find module "b"' }],
  });
});

test('a run that failed in no test, as by an unhandled rejection, is a failure', () => {
  expect(countVitest(vitest({ success: false }))).toEqual({ ...noCounts, passed: 3, failed: 1 });
});

test('journeys are named where they failed, and where they held only at their second try', () => {
  const spec = (title: string, status: string, ...messages: (string | undefined)[]) => ({
    title,
    file: 'a.spec.ts',
    tests: [{ status, results: messages.map((message) => (message === undefined ? {} : { error: { message } })) }],
  });
  const report = {
    stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 0 },
    suites: [
      {
        specs: [spec('ships', 'expected', undefined)],
        suites: [{ specs: [spec('rolls back', 'flaky', 'Timed out\nlonger', undefined), spec('asks', 'unexpected', 'No', 'No again')] }],
      },
    ],
  };
  expect(countPlaywright(JSON.stringify(report))).toEqual({
    passed: 5,
    failed: 1,
    failures: [{ file: 'a.spec.ts', name: 'asks', message: 'No' }],
    secondTries: [{ file: 'a.spec.ts', name: 'rolls back', message: 'Timed out' }],
  });
});

test('a report of journeys with errors alone is a failure', () => {
  const report = { stats: { expected: 0, unexpected: 0, flaky: 0, skipped: 0 }, errors: [{}] };
  expect(countPlaywright(JSON.stringify(report))).toEqual({ ...noCounts, failed: 1 });
});

test('each line of the checks is one test', () => {
  expect(
    countChecks(['ok    sherif        0.3 s', 'FAIL  lint          9.1 s', 'ok this is not a check', 'All checks hold']),
  ).toMatchObject({
    passed: 1,
    failed: 1,
    failures: [{ name: 'lint' }],
  });
  expect(countChecks(['ok    sherif        0.3 s', 'ok    types         8.0 s'])).toEqual({ ...noCounts, passed: 2 });
});

test('a missing result file is a failure, never nothing', async () => {
  expect(await countFile('/does/not/exist.json', countVitest)).toMatchObject({
    passed: 0,
    failed: 1,
    failures: [{ file: '/does/not/exist.json' }],
  });
});

test('a runner that failed counts at least one failure, and all runners add up', () => {
  const one = { file: 'a', name: 'b', message: 'c' };
  const first = withExit({ ...noCounts, passed: 2, secondTries: [one] }, false);
  expect(sum([first, withExit({ ...noCounts, passed: 1 }, true)])).toEqual({ passed: 3, failed: 1, failures: [], secondTries: [one] });
});
