import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { startEmbeddedPostgres } from '@flow/db/embedded';
import type { RunningPostgres } from '@flow/db/embedded';
import { applyMigrations } from '@flow/db/migrate';
import { connectCluster } from '@flow/delivery/cluster';
import type { ClusterClient } from '@flow/delivery/cluster';
import { newId } from '@flow/operations/identity';
import { createSealer } from '@flow/operations/secret';
import pg from 'pg';
import { eventually } from '../../contract/eventually.ts';
import { prepareGround } from '../ground.ts';
import type { Ground, GroundRegion, GroundTools } from '../ground.ts';
import { Program } from './program.ts';

const encryptionKey = 'a key for tests that is long enough to be one';
const databaseName = 'flow';

/** Postgres and the worker, each a process of its own, on two clusters. */
export interface Product extends AsyncDisposable {
  db: Database;
  ground: Ground;
  tools: GroundTools;
  worker: Program;
  clients: ReadonlyMap<string, ClusterClient>;
  /** Postgres ends without closing anything, and starts again. */
  crashPostgres(): Promise<void>;
}

/** Starts all of it but the worker, on these clusters. `workerSettings` are added to its environment. */
export async function startProduct(
  regions: readonly GroundRegion[],
  workerSettings: Readonly<Record<string, string>> = {},
): Promise<Product> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'flow-kills-'));
  // As root, the database runs as a user of its own, who must get in.
  await chmod(folder, 0o755);
  stack.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const postgres = stack.use(await RestartablePostgres.start(join(folder, 'postgres')));
  const databaseUrl = postgres.url;
  await applyMigrations(databaseUrl);
  const db = createDatabase(databaseUrl, 4);
  stack.defer(() => db.close());
  const tools: GroundTools = { db, now: () => new Date(), newId };
  const ground = await prepareGround(tools, { sealer: createSealer(encryptionKey), regions });
  const clients = new Map(regions.map(({ region, connection }) => [region, stack.use(connectCluster(connection))]));
  const worker = stack.use(
    new Program('apps/worker/src/main.ts', {
      args: [],
      env: {
        DATABASE_URL: databaseUrl,
        FLOW_ENCRYPTION_KEY: encryptionKey,
        FLOW_STATE_DIR: join(folder, 'worker'),
        FLOW_LOG_LEVEL: 'info',
        NODE_ENV: 'production',
        ...workerSettings,
      },
    }),
  );
  const started = stack.move();
  return {
    db,
    ground,
    tools,
    worker,
    clients,
    crashPostgres: () => postgres.crash(),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

class RestartablePostgres implements AsyncDisposable {
  readonly #folder: string;
  #running: RunningPostgres;

  private constructor(folder: string, running: RunningPostgres) {
    this.#folder = folder;
    this.#running = running;
  }

  static async start(folder: string): Promise<RestartablePostgres> {
    const running = await startEmbeddedPostgres({ folder });
    const client = new pg.Client({ connectionString: running.url('postgres') });
    await client.connect();
    await client.query(`CREATE DATABASE ${databaseName}`);
    await client.end();
    return new RestartablePostgres(folder, running);
  }

  get url(): string {
    return this.#running.url(databaseName);
  }

  async crash(): Promise<void> {
    const [line] = (await readFile(join(this.#folder, 'postmaster.pid'), 'utf8')).split('\n');
    const pid = Number(line);
    // At once, without a checkpoint: what was committed is found again in the write-ahead log.
    process.kill(pid, 'SIGQUIT');
    await eventually('Postgres is gone', () => Promise.resolve(!isAlive(pid)));
    this.#running = await startEmbeddedPostgres({ folder: this.#folder, port: this.#running.port });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#running.stop();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
