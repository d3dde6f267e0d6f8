import { expect, test, vi } from 'vitest';
import { noCounts } from './counts.ts';
import { failureLines, withSecondTry } from './second-try.ts';

const failure = (file: string, name: string) => ({ file, name, message: 'Error: it is 3' });
const twoFailed = { ...noCounts, passed: 5, failed: 2, failures: [failure('/b.test.ts', 'one'), failure('/a.test.ts', 'two')] };

test('what holds at its second try counts as passed and stays named', async () => {
  const rerun = vi.fn(() => Promise.resolve({ ...noCounts, passed: 4 }));
  expect(await withSecondTry(twoFailed, rerun)).toEqual({ passed: 7, failed: 0, failures: [], secondTries: twoFailed.failures });
  expect(rerun).toHaveBeenCalledExactlyOnceWith(['/a.test.ts', '/b.test.ts']);
});

test('what fails again has failed', async () => {
  expect(await withSecondTry(twoFailed, () => Promise.resolve({ ...noCounts, passed: 3, failed: 1 }))).toEqual(twoFailed);
});

test('a second try in which nothing ran shows nothing', async () => {
  expect(await withSecondTry(twoFailed, () => Promise.resolve(noCounts))).toEqual(twoFailed);
});

test('what held is not run again, nor a runner that failed in no test that it names', async () => {
  const rerun = vi.fn(() => Promise.resolve({ ...noCounts, passed: 4 }));
  expect(await withSecondTry({ ...noCounts, passed: 5 }, rerun)).toEqual({ ...noCounts, passed: 5 });
  expect(await withSecondTry({ ...noCounts, passed: 5, failed: 1 }, rerun)).toMatchObject({ failed: 1 });
  expect(rerun).not.toHaveBeenCalled();
});

test('the closing lines name each test with its file below the folder and what it said', () => {
  const lines = failureLines(
    { failures: [failure('/flow/packages/core/a.test.ts', 'adds up')], secondTries: [{ ...failure('b.spec.ts', ''), name: null }] },
    '/flow',
  );
  expect(lines).toEqual([
    'FAILED: packages/core/a.test.ts > adds up: Error: it is 3',
    'SECOND TRY: b.spec.ts > the whole file: Error: it is 3',
  ]);
});
