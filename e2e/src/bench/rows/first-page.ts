import { readFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { applyMigrations } from '@flow/db/migrate';
import { createTestTenant, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { startChild } from '../child.ts';
import type { Child } from '../child.ts';
import { nowMs } from '../clock.ts';
import { rounds } from '../env.ts';
import { alternate, median, percentile, ratios, spread } from '../measure.ts';
import { openPostgres } from '../postgres.ts';
import { cpuMs, pin, unpin } from '../process.ts';
import type { Result, Row } from '../result.ts';

const smallCount = 1_000;
const finishedCount = 1_000_000;
const liveCount = 16_000;
const requestsPerRound = 400;
/** `argo server` 4.0.2, fifty of 16,000 Workflows, measured on a machine of the same kind. */
const argoServerMs = 425;
const raw = 'by node:http and pg alone';

/** R1: the first page of runs of a tenant with a million finished ones, asked for as a page does, beside the same page from bare Node and PostgreSQL. */
export const firstPage: Row = {
  name: 'R1',
  async run() {
    await using postgres = await openPostgres();
    await using small = await openSide(await postgres.create('small'), smallCount);
    await using large = await openSide(await postgres.create('large'), finishedCount + liveCount);
    // The servers share one core; the database and this process have the other.
    await pin(Number((await readFile(`${postgres.folder}/postmaster.pid`, 'utf8')).split('\n')[0]), 1);
    await pin(process.pid, 1);
    try {
      const measured = await alternate({ smallPeer: small.peer, smallFlow: small.flow, peer: large.peer, flow: large.flow }, rounds);
      return report(measured);
    } finally {
      await unpin(process.pid);
    }
  },
};

interface Round {
  p50: number;
  p99: number;
  /** Processor time of the server for one page. */
  cpuMicroseconds: number;
}

interface Sides extends AsyncDisposable {
  flow: () => Promise<Round>;
  peer: () => Promise<Round>;
}

async function openSide(url: string, count: number): Promise<Sides> {
  await applyMigrations(url);
  const db = createDatabase(url);
  const tenant = await createTestTenant(db);
  const session = await longSession(db, tenant);
  await fill(db, tenant, count);
  await db.close();
  const flow = await startChild('servers/flow-api.ts', [url, session]);
  const peer = await startChild('servers/raw-pg.ts', [url, tenant.id]);
  for (const { pid } of [flow, peer]) await pin(pid, 0);
  const input = encodeURIComponent(JSON.stringify({ tenant: tenant.slug }));
  return {
    flow: () => askMany(flow, `/api/trpc/run.list?input=${input}`),
    peer: () => askMany(peer, '/'),
    async [Symbol.asyncDispose]() {
      await flow[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
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
     SELECT $1, 'b' || lpad(n::text, 10, '0'), $2, n + 1000, CASE WHEN n % 63 = 0 THEN 'running' ELSE 'succeeded' END, 3, repeat('a', 40),
            'Change ' || n, 'dev@flow.test', 'main', 'push', '{}', $3, $4::timestamptz - n * interval '7 seconds', $4,
            CASE WHEN n % 63 = 0 THEN NULL ELSE $4::timestamptz END
     FROM generate_series(1, $5::int) n`,
    [tenant.id, tenant.serviceId, tenant.clusterId, worldNow, count],
  );
  await db.pool.query('VACUUM ANALYZE pipeline_run');
}

async function askMany({ url, pid }: Child, path: string): Promise<Round> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  const before = await cpuMs(pid);
  for (let count = 0; count < requestsPerRound; count += 1) {
    const start = nowMs();
    const rows = await read(`${url}${path}`, agent);
    times.push(nowMs() - start);
    if (count === 0 && rows.split('"commit').length < 50) throw new Error(`${url} answered with less than a page: ${rows.slice(0, 200)}`);
  }
  agent.destroy();
  const cpuMicroseconds = ((await cpuMs(pid)) - before) * (1_000 / requestsPerRound);
  return { p50: median(times), p99: percentile(times, 99), cpuMicroseconds };
}

function read(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(new Error(`${url} answered ${String(response.statusCode)}: ${text.slice(0, 200)}`));
      });
    }).on('error', reject);
  });
}

function report(measured: Record<'smallPeer' | 'smallFlow' | 'peer' | 'flow', Round[]>): Result[] {
  const line = (what: string, of: Measured, goal: Goal): Result => {
    const ratio = median(ratios(of.flow, of.peer));
    const flow = median(of.flow);
    return {
      row: 'R1',
      what,
      unit: of.unit,
      flow,
      peer: raw,
      peerValue: median(of.peer),
      ratio,
      goal: goal.text,
      met: goal.isMet(flow, ratio),
      spread: spread(of.flow),
      rounds: of.flow.length,
    };
  };
  const both = (field: keyof Round, unit: Result['unit']): Measured => ({
    unit,
    flow: measured.flow.map((round) => round[field]),
    peer: measured.peer.map((round) => round[field]),
  });
  const p50 = (rounds_: readonly Round[]): number[] => rounds_.map((round) => round.p50);
  const growth: Measured = {
    unit: '×',
    flow: ratios(p50(measured.flow), p50(measured.smallFlow)),
    peer: ratios(p50(measured.peer), p50(measured.smallPeer)),
  };
  return [
    line('First page of 50 of 1,016,000 runs, median', both('p50', 'ms'), {
      text: '≤ 4.25 ms: argo-server’s 425 ms ÷ 100',
      isMet: (flow) => flow <= argoServerMs / 100,
    }),
    line('The same, 99th percentile', both('p99', 'ms'), {
      text: '≤ 10.6 ms: argo-server’s 425 ms ÷ 40',
      isMet: (flow) => flow <= argoServerMs / 40,
    }),
    line('Processor time of the server for it', both('cpuMicroseconds', 'µs'), {
      text: '≤ 2.86 of the peer: 0.35 of its rate',
      isMet: (_, ratio) => ratio <= 1 / 0.35,
    }),
    line('Median at 1,016,000 runs by that at 1,000', growth, { text: '≤ ×1.2', isMet: (flow) => flow <= 1.2 }),
  ];
}

interface Measured {
  unit: Result['unit'];
  flow: number[];
  peer: number[];
}

interface Goal {
  text: string;
  isMet(flow: number, ratio: number): boolean;
}
