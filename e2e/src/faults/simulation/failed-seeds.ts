import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulationResult } from './bench.ts';
import { stories } from './stories.ts';
import type { Story } from './stories.ts';

const folder = join(import.meta.dirname, 'failed-seeds');
const lastSteps = 40;

/** The seeds that have failed once, the lowest first, each with the story that it was told with. */
export async function readFailedSeeds(): Promise<{ seed: number; story: Story | undefined }[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.txt'));
  const found = files.map(async (file) => {
    const [first] = (await readFile(join(folder, file), 'utf8')).split('\n');
    return { seed: Number.parseInt(file, 10), story: stories.find((story) => story === first) };
  });
  return (await Promise.all(found)).toSorted((left, right) => left.seed - right.seed);
}

/** Keeps a seed that has failed, with what was broken and the steps that led to it. */
export async function keepFailedSeed({ seed, story, breaches, trace }: SimulationResult): Promise<void> {
  const broken = breaches.map(({ invariant, sentence, step }) => `step ${step}, promise ${invariant}: ${sentence}`);
  const steps = trace.split('\n').slice(-lastSteps);
  await writeFile(join(folder, `${seed}.txt`), [story, ...broken, '', ...steps, ''].join('\n'));
}
