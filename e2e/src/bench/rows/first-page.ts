import { readFile } from 'node:fs/promises';
import { startChild } from '../child.ts';
import { rounds } from '../env.ts';
import { alternate, median, ratios, spread } from '../measure.ts';
import { openPostgres } from '../postgres.ts';
import { pin, unpin } from '../process.ts';
import { askMany } from '../reading/ask-many.ts';
import type { Round } from '../reading/ask-many.ts';
import { addRuns, fillAndServe, firstPagePath } from '../reading/filled.ts';
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

interface Sides extends AsyncDisposable {
  flow: () => Promise<Round>;
  peer: () => Promise<Round>;
}

async function openSide(url: string, count: number): Promise<Sides> {
  const { tenant, api } = await fillAndServe(url, (db, filled) => addRuns(db, filled, count));
  const peer = await startChild('servers/raw-pg.ts', [url, tenant.id]);
  for (const { pid } of [api, peer]) await pin(pid, 0);
  const asked = { count: requestsPerRound, mark: { text: '"commit', least: 50 } };
  return {
    flow: () => askMany({ ...api, ...asked, path: firstPagePath(tenant) }),
    peer: () => askMany({ ...peer, ...asked, path: '/' }),
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await peer[Symbol.asyncDispose]();
    },
  };
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
  const both = (field: 'p50' | 'p99' | 'cpuMicroseconds', unit: Result['unit']): Measured => ({
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
