import type { Counts, Failure } from './counts.ts';

/**
 * Runs the files of the tests that did not hold once more, by themselves. Where all of them hold then, the tests count as passed and stay named as second tries: each
 * of them hides a race that is to be mended. A runner that failed in no test that it names is not tried again: nobody would know what to try.
 */
export async function withSecondTry(first: Counts, rerun: (files: readonly string[]) => Promise<Counts>): Promise<Counts> {
  if (first.failed === 0 || first.failures.length < first.failed) return first;
  const files = [...new Set(first.failures.map(({ file }) => file))].sort();
  const second = await rerun(files);
  if (second.failed > 0 || second.passed === 0) return first;
  return { passed: first.passed + first.failed, failed: 0, failures: [], secondTries: [...first.secondTries, ...first.failures] };
}

/** One line for each test that did not hold, and for each that held only at its second try: for the end of a run. `folder` is left out of the names of files. */
export function failureLines({ failures, secondTries }: Pick<Counts, 'failures' | 'secondTries'>, folder: string): string[] {
  const line = (word: string, { file, name, message }: Failure): string =>
    `${word}: ${[file.startsWith(`${folder}/`) ? file.slice(folder.length + 1) : file, name ?? 'the whole file'].join(' > ')}: ${message}`;
  return [...failures.map((one) => line('FAILED', one)), ...secondTries.map((one) => line('SECOND TRY', one))];
}
