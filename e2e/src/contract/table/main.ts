import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { renderTable } from './render-table.ts';
import { casesIn } from './report.ts';

// Runs the suite on the sandbox and on the real engine, and writes what came of it into docs/sandbox.md. The clusters must be up (`pnpm cluster up`).
// With `--of-last-run` it only writes, from the reports that the last run left.

const root = resolve(import.meta.dirname, '../../../..');
const results = join(root, 'e2e/test-results');
const page = join(root, 'docs/sandbox.md');
const begin = '<!-- from here on written by `pnpm --filter @flow/e2e contract:table` -->';

const examplesFile = join(results, 'example-counts.json');
const examples = z.object({
  examples: z.object({ run: z.number(), equal: z.number(), different: z.number(), unsupported: z.number() }),
});

const sandbox = suite('contract');
const real = [...suite('contract-clusters'), ...suite('examples')];
const counts = existsSync(examplesFile) ? examples.parse(JSON.parse(readFileSync(examplesFile, 'utf8'))).examples : null;
const before = readFileSync(page, 'utf8').split(begin)[0] ?? '';
writeFileSync(page, `${before}${begin}\n\n${renderTable({ sandbox, real, examples: counts })}`);
run(join(root, 'node_modules/.bin/oxfmt'), [page]);

function suite(project: string): ReturnType<typeof casesIn> {
  const report = join(results, `${project}.json`);
  if (!process.argv.includes('--of-last-run')) runSuite(project, report);
  return existsSync(report) ? casesIn(readFileSync(report, 'utf8')) : [];
}

function runSuite(project: string, report: string): void {
  rmSync(report, { force: true });
  const args = ['run', '--project', project, 'src/contract', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  run(join(root, 'e2e/node_modules/.bin/vitest'), args);
  if (!existsSync(report)) throw new Error(`The suite ${project} did not end`);
}

function run(program: string, args: readonly string[]): void {
  const { error } = spawnSync(program, args, { cwd: join(root, 'e2e'), stdio: 'inherit' });
  if (error !== undefined) throw error;
}
