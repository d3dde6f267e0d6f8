import { parseArgs } from 'node:util';
import { z } from 'zod';
import { runStages, stageNames } from './test-run/stages.ts';
import type { StageName } from './test-run/stages.ts';
import { startTestPostgres } from './test-run/test-postgres.ts';

const usage = `pnpm test [--only ${stageNames.join('|')}] [--clusters] [--minutes N]

  --only      some parts, separated by commas
  --clusters  what runs on the sandbox runs on real clusters too, if this machine can have them: docs/cluster.md
  --minutes   how long the run may take; what would not end in time on real clusters is left out, and told (60)`;
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
  });
  const { passed, failed } = counts;
  process.stdout.write(`\n${lines.map((line) => `${line}\n`).join('')}${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
