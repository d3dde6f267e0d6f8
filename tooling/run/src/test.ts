import { parseArgs } from 'node:util';
import { z } from 'zod';
import { root } from './stack/programs.ts';
import { failureLines } from './test-run/second-try.ts';
import { runStages, stageNames } from './test-run/stages.ts';
import type { StageName } from './test-run/stages.ts';
import { startTestPostgres } from './test-run/test-postgres.ts';

const usage = `pnpm test [--only ${stageNames.join('|')}] [--clusters] [--minutes N] [--second-try]

  --only        some parts, separated by commas
  --clusters    what runs on the sandbox runs on real clusters too, if this machine can have them: docs/cluster.md
  --minutes     how long the run may take; what would not end in time on real clusters is left out, and told (60)
  --second-try  what does not hold runs once more by itself; what holds then counts as passed, and is told: it hides a race`;
const minutes = z.coerce.number().positive().default(60);

process.exitCode = await main();

async function main(): Promise<number> {
  const startedMs = Date.now();
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((word) => word !== '--'),
    options: {
      only: { type: 'string' },
      clusters: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      'second-try': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const words = values.only?.split(',') ?? [...stageNames];
  const selected = new Set(words.filter((word): word is StageName => stageNames.some((name) => name === word)));
  const allowed = minutes.safeParse(values.minutes);
  if (selected.size !== new Set(words).size || !allowed.success) {
    process.stderr.write(`${allowed.success ? 'There is no such part of the tests' : '--minutes takes a number'}.\n${usage}\n`);
    return 2;
  }
  const needsDatabase = [...selected].some((name) => name !== 'check');
  await using postgres = needsDatabase ? await startTestPostgres() : null;
  const { counts, lines } = await runStages({
    selected,
    databaseUrl: postgres?.url ?? null,
    withClusters: values.clusters,
    deadlineMs: startedMs + allowed.data * 60_000,
    secondTry: values['second-try'],
  });
  const { passed, failed } = counts;
  process.stdout.write(
    `\n${[...lines, ...failureLines(counts, root)].map((line) => `${line}\n`).join('')}${passed} passed, ${failed} failed\n`,
  );
  return failed === 0 && passed > 0 ? 0 : 1;
}
