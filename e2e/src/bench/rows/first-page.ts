import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { startEmbeddedPostgres } from '@flow/db/embedded';
import { applyMigrations } from '@flow/db/migrate';
import { createTestTenant, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { startChild } from '../child.ts';
import { nowMs } from '../clock.ts';
import { rounds } from '../env.ts';
import { alternate, median, percentile, spread } from '../measure.ts';
import type { Result, Row } from '../result.ts';

const finishedCount = 1_000_000;
const liveCount = 16_000;
const requestsPerRound = 400;

/** R1: the first page of runs of a tenant with a million finished ones, asked for as a page does, beside the same page from bare Node and PostgreSQL. */
export const firstPage: Row = {
  name: 'R1',
  async run() {
    await using postgres = await openPostgres();
    const db = createDatabase(postgres.url);
    try {
      const tenant = await createTestTenant(db);
      const session = await longSession(db, tenant);
      await fill(db, tenant, 1_000);
      const small = await measure(postgres.url, { tenant, session });
      await fill(db, tenant, finishedCount + liveCount);
      const large = await measure(postgres.url, { tenant, session });
      return report(small, large);
    } finally {
      await db.close();
    }
  },
};

async function openPostgres(): Promise<{ url: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'flow-bench-'));
  // As root, the server runs as a user of its own, who must get in.
  await chmod(folder, 0o755);
  const flags = ['-c', 'fsync=off', '-c', 'shared_buffers=512MB', '-c', 'max_connections=100'];
  const server = await startEmbeddedPostgres({ folder: join(folder, 'data'), isTemporary: true, flags });
  const url = server.url('postgres');
  await applyMigrations(url);
  return {
    url,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The sessions of test tenants stand at a fixed time; the server has a real clock. */
async function longSession(db: Database, tenant: TestTenant): Promise<string> {
  const { token } = tenant.people.developer;
  const far = new Date('2100-01-01T00:00:00Z');
  await db.prisma.session.updateMany({ where: { userId: tenant.people.developer.id }, data: { expiresAt: far, lastSeenAt: far } });
  return token;
}

async function fill(db: Database, tenant: TestTenant, count: number): Promise<void> {
  await db.pool.query(
    `INSERT INTO pipeline_run (tenant_id, id, service_id, number, state, version, commit_sha, commit_message, commit_author, branch, trigger,
                               definition, cluster_id, created_at, started_at, finished_at)
     SELECT $1, 'b' || lpad(n::text, 10, '0') || $4, $2, n + $6, CASE WHEN n % 63 = 0 THEN 'running' ELSE 'succeeded' END, 3, repeat('a', 40),
            'Change ' || n, 'dev@flow.test', 'main', 'push', '{}', $3, $5::timestamptz - n * interval '7 seconds', $5, $5
     FROM generate_series(1, $7::int) n`,
    [tenant.id, tenant.serviceId, tenant.clusterId, String(count), worldNow, 1_000 + count, count],
  );
  await db.pool.query('VACUUM ANALYZE pipeline_run');
}

interface Measured {
  flowP50: number[];
  peerP50: number[];
  flowP99: number;
  peerP99: number;
}

async function measure(databaseUrl: string, { tenant, session }: { tenant: TestTenant; session: string }): Promise<Measured> {
  await using flow = await startChild('servers/flow-api.ts', [databaseUrl, session]);
  await using peer = await startChild('servers/raw-pg.ts', [databaseUrl, tenant.id]);
  const input = encodeURIComponent(JSON.stringify({ tenant: tenant.slug }));
  const all: Record<'flow' | 'peer', number[]> = { flow: [], peer: [] };
  const round = (side: 'flow' | 'peer', url: string) => async () => {
    const times = await askMany(url);
    all[side].push(...times);
    return median(times);
  };
  const measured = await alternate(
    { peer: round('peer', peer.url), flow: round('flow', `${flow.url}/api/trpc/run.list?input=${input}`) },
    rounds,
  );
  return {
    flowP50: measured.flow,
    peerP50: measured.peer,
    flowP99: percentile(all.flow.slice(requestsPerRound), 99),
    peerP99: percentile(all.peer.slice(requestsPerRound), 99),
  };
}

async function askMany(url: string): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < requestsPerRound; count += 1) {
    const start = nowMs();
    const answer = await fetch(url);
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
    times.push(nowMs() - start);
  }
  return times;
}

function report(small: Measured, large: Measured): Result[] {
  const [flow, peer, before] = [median(large.flowP50), median(large.peerP50), median(small.flowP50)];
  const ms = (value: number): string => `${value.toFixed(2)} ms`;
  return [
    {
      row: 'R1',
      what: 'First page of runs, 1,016,000 of them, median',
      flow: ms(flow),
      peer: `${ms(peer)} by node:http and pg alone (×${(flow / peer).toFixed(1)})`,
      goal: '≤ 4.25 ms: 100 times faster than argo-server’s 425 ms',
      isMet: flow <= 4.25,
      spread: spread(large.flowP50),
    },
    {
      row: 'R1',
      what: 'The same, 99th percentile',
      flow: ms(large.flowP99),
      peer: `${ms(large.peerP99)} by node:http and pg alone`,
      goal: '≤ 10.6 ms: 40 times faster',
      isMet: large.flowP99 <= 10.6,
      spread: null,
    },
    {
      row: 'R1',
      what: 'The same against 1,000 runs, median',
      flow: `×${(flow / before).toFixed(2)}`,
      peer: `×${(peer / median(small.peerP50)).toFixed(2)} by node:http and pg alone`,
      goal: '≤ ×1.2',
      isMet: flow / before <= 1.2,
      spread: spread(small.flowP50),
    },
  ];
}
