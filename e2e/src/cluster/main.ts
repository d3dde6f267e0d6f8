import { parseArgs } from 'node:util';
import { FlowError } from '@flow/core/fault';
import { down, reset } from './down.ts';
import { printStatus } from './status.ts';
import { up } from './up.ts';
import { buildPrograms } from './build/build-programs.ts';
import { builder } from './machine/requirements.ts';
import { ClusterRefused } from './refused.ts';
import { regions } from './regions.ts';

const usage = `pnpm cluster up [--count 1|2] | down | status | reset | build

up      starts real clusters on this machine, building what is not built yet, and prints their kubeconfigs
down    ends them; what they hold is kept
status  says of each part whether it works; exit 1 when one does not
reset   ends them and deletes what they hold
build   only builds
`;

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2).filter((word) => word !== '--'),
      options: { count: { type: 'string', default: String(regions.length) }, help: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    if (values.help) return printed(usage);
    return await act(positionals[0] ?? '', Number(values.count));
  } catch (error) {
    if (!isForPeople(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** parseArgs tells about a wrong option by a TypeError with a code and a sentence. */
function isForPeople(error: unknown): error is Error {
  return error instanceof ClusterRefused || error instanceof FlowError || (error instanceof TypeError && 'code' in error);
}

async function act(verb: string, count: number): Promise<number> {
  if (!Number.isInteger(count) || count < 1 || count > regions.length)
    throw new ClusterRefused(`--count is the number of clusters, 1 to ${regions.length}.`);
  switch (verb) {
    case 'up':
      await up({ count, say });
      return 0;
    case 'down':
      await down(say);
      return 0;
    case 'reset':
      await reset(say);
      return 0;
    case 'status':
      return (await printStatus(say)) ? 0 : 1;
    case 'build':
      await buildPrograms(await builder(), say);
      return 0;
    default:
      process.stderr.write(usage);
      return 2;
  }
}

function printed(text: string): number {
  process.stdout.write(text);
  return 0;
}
