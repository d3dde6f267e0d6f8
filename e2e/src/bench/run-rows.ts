import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { today } from './clock.ts';
import { tableOf, withTable } from './result.ts';
import type { Result, Row, TableName } from './result.ts';

/**
 * Measures the rows that are named, or all. All of them together are written into the document as its table. Gives the exit code: 2 for a name that
 * is none, 1 where a goal is not met or a row could not be measured.
 */
export async function runRows(rows: readonly Row[], options: { names: readonly string[]; table: TableName }): Promise<0 | 1 | 2> {
  const wanted = options.names.map((name) => name.toUpperCase());
  const unknown = wanted.filter((name) => !rows.some((row) => row.name === name));
  if (unknown.length > 0) {
    process.stderr.write(`There is no row ${unknown.join(', ')}; there are ${rows.map((row) => row.name).join(', ')}\n`);
    return 2;
  }
  const { results, broken } = await measure(rows.filter((one) => wanted.length === 0 || wanted.includes(one.name)));
  // Others who use the machine make absolute times longer; whoever reads the table must know.
  const load = loadavg()[1]?.toFixed(1) ?? 'unknown';
  const table = tableOf(results);
  process.stdout.write(`${table}\n`);
  const folder = fileURLToPath(new URL('../../test-results/', import.meta.url));
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}bench${options.table === 'measured' ? '' : '-on-clusters'}.json`, JSON.stringify(results, null, 2));
  if (wanted.length === 0 && broken.length === 0) {
    const document = fileURLToPath(new URL('../../../docs/performance.md', import.meta.url));
    const text = `Measured ${today()} at ${commit()} on ${machine()}, load average ${load}.\n\n${table}`;
    await writeFile(document, withTable(await readFile(document, 'utf8'), options.table, text));
  }
  return broken.length === 0 && results.every((result) => result.met) ? 0 : 1;
}

async function measure(rows: readonly Row[]): Promise<{ results: Result[]; broken: string[] }> {
  const results: Result[] = [];
  const broken: string[] = [];
  for (const row of rows) {
    process.stderr.write(`${row.name} …\n`);
    // What the rows before it measured is not lost with one that cannot be measured.
    const measured = await row.run().catch((error: unknown) => {
      process.stderr.write(
        `${row.name} could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
      );
      broken.push(row.name);
      return [];
    });
    results.push(...measured);
  }
  return { results, broken };
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
}

function machine(): string {
  return `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
}
