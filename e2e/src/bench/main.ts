import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { tableOf, withTable } from './result.ts';
import type { Result, Row } from './result.ts';
import { backtest } from './rows/backtest.ts';
import { firstPage } from './rows/first-page.ts';
import { javascript } from './rows/javascript.ts';
import { livePixels } from './rows/live-pixels.ts';
import { liveStream } from './rows/live-stream.ts';
import { manyRules } from './rows/many-rules.ts';
import { memory } from './rows/memory.ts';
import { permission } from './rows/permission.ts';
import { queuedStart } from './rows/queued-start.ts';
import { verdict } from './rows/verdict.ts';
import { writtenCondition } from './rows/written-rule.ts';
import { today } from './clock.ts';

const rows: readonly Row[] = [
  liveStream,
  livePixels,
  firstPage,
  verdict,
  writtenCondition,
  manyRules,
  permission,
  backtest,
  queuedStart,
  javascript,
  memory,
];
const wanted = process.argv.slice(2).map((name) => name.toUpperCase());
const unknown = wanted.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length > 0) {
  process.stderr.write(`There is no row ${unknown.join(', ')}; there are ${rows.map((row) => row.name).join(', ')}\n`);
  process.exit(2);
}

const results: Result[] = [];
const broken: string[] = [];
for (const row of rows.filter((one) => wanted.length === 0 || wanted.includes(one.name))) {
  process.stderr.write(`${row.name} …\n`);
  // What the rows before it measured is not lost with one that cannot be measured.
  const measured = await row.run().catch((error: unknown) => {
    process.stderr.write(`${row.name} could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    broken.push(row.name);
    return [];
  });
  results.push(...measured);
}

// Others who use the machine make absolute times longer; whoever reads the table must know.
const load = loadavg()[1]?.toFixed(1) ?? 'unknown';
const table = tableOf(results);
process.stdout.write(`${table}\n`);
const folder = fileURLToPath(new URL('../../test-results/', import.meta.url));
await mkdir(folder, { recursive: true });
await writeFile(`${folder}bench.json`, JSON.stringify(results, null, 2));
if (wanted.length === 0 && broken.length === 0) {
  const document = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const machine = `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, load average ${load}`;
  await writeFile(document, withTable(await readFile(document, 'utf8'), `Measured ${today()} at ${commit} on ${machine}.\n\n${table}`));
}
process.exit(broken.length === 0 && results.every((result) => result.met) ? 0 : 1);
