/** What a suite tells at its end. */
export interface SuiteResult {
  /** The promise that it tries to break, by its number. */
  goal: string;
  /** What it tried, and how often. */
  counts: Readonly<Record<string, number>>;
  /** Each time that the promise was broken, in words. */
  violations: readonly string[];
  /** What every choice was drawn from: the same seed tries the same again. */
  seed: number;
}

/** Writes the result of a suite as one line of JSON, for programs that read the log of a run. */
export function tell({ goal, counts, violations, seed }: SuiteResult): void {
  process.stdout.write(`${JSON.stringify({ goal, counts, violations: violations.length, seed })}\n`);
}
