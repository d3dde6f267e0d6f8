import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { saveClusterConnection } from '@flow/db/cluster';
import { createAnnouncer } from '@flow/db/events';
import type { Announcer } from '@flow/db/events';
import { createTestDatabase } from '@flow/db/testing';
import { clusterCredentialPlace } from '@flow/operations/cluster';
import { createSealer } from '@flow/operations/secret';
import { createTestTenant, testId, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import pino from 'pino';
import type { Logger } from 'pino';
import { createClusters } from '../clusters/clusters.ts';
import type { Clusters } from '../clusters/clusters.ts';
import { LoopbackCluster } from './loopback-cluster.ts';

/** A worker's surroundings with a real database, one tenant, and its cluster on loopback. */
export interface WorkerWorld extends AsyncDisposable {
  db: Database;
  tenant: TestTenant;
  cluster: LoopbackCluster;
  address: string;
  clusters: Clusters;
  announcer: Announcer;
  log: Logger;
  /** Everything that was logged, each with its level (50 is error). */
  logged: { level: number; msg: string }[];
  stateDir: string;
  /** The time, which a test may move. */
  time: { now: Date };
  now: () => Date;
  timeIn: () => Promise<Date>;
  newId: () => string;
  /** Stores how the cluster is reached from now on. */
  connect(connection: { server?: string; token?: string; caPem?: string | null }): Promise<void>;
}

/** Answers must come within this many milliseconds, so that a test of a silent cluster is short. */
const answerMs = 300;

/** Builds the surroundings; dispose them at the end. */
export async function createWorkerWorld(): Promise<WorkerWorld> {
  const database = await createTestDatabase();
  const db = createDatabase(database.url);
  const tenant = await createTestTenant(db);
  const cluster = new LoopbackCluster();
  const address = await cluster.listen();
  const sealer = createSealer('a key for tests that is long enough to be one');
  const stateDir = await mkdtemp(join(tmpdir(), 'flow-worker-test-'));
  const clusters = createClusters({ db, sealer, stateDir, timeouts: { answerMs } });
  const announcer = createAnnouncer(db);
  const logged: { level: number; msg: string }[] = [];
  const time = { now: worldNow };
  const connect: WorkerWorld['connect'] = ({ server = address, token = 'first', caPem = null }) =>
    saveClusterConnection(db.prisma, tenant.clusterId, {
      connection: { server, caPem },
      sealedCredential: sealer.seal(JSON.stringify({ kind: 'token', token }), clusterCredentialPlace(tenant.clusterId)),
    });
  await connect({});
  return {
    db,
    tenant,
    cluster,
    address,
    clusters,
    announcer,
    log: pino({}, { write: (line: string) => void logged.push(JSON.parse(line)) }),
    logged,
    stateDir,
    time,
    now: () => time.now,
    timeIn: () => Promise.resolve(time.now),
    newId: () => testId('id'),
    connect,
    async [Symbol.asyncDispose]() {
      await clusters[Symbol.asyncDispose]();
      await announcer.close();
      await db.close();
      await database[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
      await rm(stateDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
