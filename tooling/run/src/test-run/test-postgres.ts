import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { supervise } from '../supervise/supervise.ts';
import { anyFree } from '../stack/ports.ts';
import { postgresWrapper } from '../stack/postgres-user.ts';
import { postgresProgram, root } from '../stack/programs.ts';

export interface TestPostgres extends AsyncDisposable {
  url: string;
}

const ready = z.object({ url: z.string() });
// What is written is thrown away with the run: nothing needs to survive a crash of the machine.
const flags = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=400'];

/** One PostgreSQL for all the tests of a run. It ends with this process, however that ends. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-test-run-'));
  // As root, the server runs as a user of its own, who must get in.
  await chmod(folder, 0o755);
  const data = join(folder, 'data');
  const program = postgresProgram(data, await anyFree());
  const args = [...program.args, ...flags.flatMap((flag) => ['--flag', flag])];
  const printed: string[] = [];
  const server = supervise(
    { ...program, args, wrapper: await postgresWrapper({ program: root, data: data }) },
    { onLine: ({ text }) => printed.push(text), onNotice: ({ text }) => process.stderr.write(`the database of the tests: ${text}\n`) },
  );
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return { url: ready.parse(await server.ready).url, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw new Error(`The database of the tests did not start:\n${printed.slice(-20).join('\n')}`, { cause: error });
  }
}
