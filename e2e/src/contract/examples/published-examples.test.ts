import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { openRealEngine } from '../engine/real-engine.ts';
import { openSandboxEngine } from '../engine/sandbox-engine.ts';
import { playExample } from './play-example.ts';
import { publishedExamples } from './published-examples.ts';

const { runnable, unsupported } = await publishedExamples();
const counts = { run: 0, equal: 0, different: 0, unsupported: unsupported.length };
const resultFile = resolve(import.meta.dirname, '../../../test-results/example-counts.json');

/** What may end differently, and why; everything else must be equal. */
const knownDifferences: Readonly<Record<string, string>> = {
  'dag-task-level-timeout':
    'its limits of seconds begin when a pod is made, and a container of a busy machine starts later than they allow',
  'step-level-timeout': 'the real controller leaves the nodes of steps that ran out of time as they were, Running; the sandbox says Failed',
};

let sandbox: Engine;
let real: Engine;
beforeAll(async () => {
  sandbox = await openSandboxEngine();
  real = await openRealEngine();
});
afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await real[Symbol.asyncDispose]();
  const line = JSON.stringify({ examples: counts });
  mkdirSync(join(resultFile, '..'), { recursive: true });
  writeFileSync(resultFile, `${line}\n`);
  process.stdout.write(`${line}\n`);
});

declare module 'vitest' {
  interface TaskMeta {
    /** For the table in docs/sandbox.md. */
    example?: { equal: boolean; why: string };
  }
}

describe.concurrent('an example that is published with Argo Workflows ends on the sandbox as on the real engine', () => {
  test.for(runnable)('$name', async (example, { task }) => {
    const why = knownDifferences[example.name];
    counts.run += 1;
    // Counted before it is known: what throws is different.
    counts.different += 1;
    task.meta.example = { equal: false, why: why ?? '' };
    const [stoodIn, ran] = await Promise.all([playExample(sandbox, example), playExample(real, example)]);
    const isEqual = isDeepStrictEqual(stoodIn, ran);
    if (why === undefined) expect(stoodIn).toEqual(ran);
    else expect([stoodIn.phase, ran.phase]).toEqual([expect.any(String), expect.any(String)]);
    if (!isEqual) return;
    task.meta.example = { equal: true, why: '' };
    counts.different -= 1;
    counts.equal += 1;
  });
});
