import { parseArgs } from 'node:util';
import { runStages, stageNames } from './test-run/stages.ts';
import type { StageName } from './test-run/stages.ts';
import { startTestPostgres } from './test-run/test-postgres.ts';

const usage = `pnpm test [--only ${stageNames.join('|')}] (several: separated by commas)`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    args: process.argv.slice(2).filter((word) => word !== '--'),
    options: { only: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const words = values.only?.split(',') ?? [...stageNames];
  const selected = new Set(words.filter((word): word is StageName => stageNames.some((name) => name === word)));
  if (selected.size !== new Set(words).size) {
    process.stderr.write(`There is no such part of the tests.\n${usage}\n`);
    return 2;
  }
  const needsDatabase = [...selected].some((name) => name !== 'check');
  await using postgres = needsDatabase ? await startTestPostgres() : null;
  const { passed, failed } = await runStages(selected, postgres?.url ?? null);
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
