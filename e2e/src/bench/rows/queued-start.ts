import { createDatabase } from '@flow/db/client';
import { createAnnouncer, jobChannel } from '@flow/db/events';
import { wake } from '@flow/db/jobs';
import { applyMigrations } from '@flow/db/migrate';
import { runJobs } from '@flow/worker/jobs';
import pino from 'pino';
import { z } from 'zod';
import { nowMs, wallMs } from '../clock.ts';
import { rounds } from '../env.ts';
import { alternate, median, percentile, ratios, spread } from '../measure.ts';
import { startGraphile } from '../peers/graphile-worker.ts';
import { openPostgres } from '../postgres.ts';
import { ask, change, logIn, startProduct } from '../product.ts';
import type { Session } from '../product.ts';
import type { Result, Row } from '../result.ts';

const wakesPerRound = 100;
const startMaxMs = 500;

/** A2: from the decision that something is due to the begin of the work on it, and from the end of what held a queued deployment to its start. */
export const queuedStart: Row = {
  name: 'A2',
  async run() {
    return [...(await pickUp()), await start()];
  },
};

async function pickUp(): Promise<Result[]> {
  await using postgres = await openPostgres();
  const url = await postgres.create('jobs');
  await applyMigrations(url);
  await using flow = startFlow(url);
  await using graphile = await startGraphile(await postgres.create('graphile'));
  const measured = await alternate(
    { flow: () => manyTimes(() => flow.pickUpMs()), peer: () => manyTimes(() => graphile.pickUpMs()) },
    rounds,
  );
  const line = (what: string, share: number, most: number): Result => {
    const [ours, theirs] = [measured.flow, measured.peer].map((side) => side.map((times) => percentile(times, share)));
    return compared(what, { flow: ours ?? [], peer: theirs ?? [], most });
  };
  return [line('From a wake to the begin of the work, median', 50, 2), line('The same, 99th percentile', 99, 3)];
}

/** The product's own runner of jobs, woken as the product wakes it. */
function startFlow(url: string): AsyncDisposable & { pickUpMs(): Promise<number> } {
  const db = createDatabase(url);
  const announcer = createAnnouncer(db);
  let begins: (at: number) => void = () => undefined;
  const runner = runJobs({
    db,
    holder: 'bench',
    log: pino({ level: 'silent' }),
    random: Math.random,
    now: () => new Date(wallMs()),
    measures: { jobBegins: () => () => undefined },
    handlers: {
      deployment: () => {
        begins(nowMs());
        return Promise.resolve({ kind: 'done' });
      },
    },
  });
  let count = 0;
  return {
    async pickUpMs() {
      count += 1;
      const begun = new Promise<number>((resolve) => {
        begins = resolve;
      });
      await wake(db.prisma, { kind: 'deployment', key: `d-${count}`, tenantId: null, runAt: new Date(wallMs() - 1_000) });
      const committedAt = nowMs();
      announcer.announce(jobChannel);
      return Math.max(0, (await begun) - committedAt);
    },
    async [Symbol.asyncDispose]() {
      await runner.stop();
      await announcer.close();
      await db.close();
    },
  };
}

async function manyTimes(measure: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < wakesPerRound; index += 1) times.push(await measure());
  return times;
}

function compared(what: string, { flow, peer, most }: { flow: number[]; peer: number[]; most: number }): Result {
  const ratio = median(ratios(flow, peer));
  return {
    row: 'A2',
    what,
    unit: 'ms',
    flow: median(flow),
    peer: 'by graphile-worker',
    peerValue: median(peer),
    ratio,
    goal: `≤ ${most} of graphile-worker`,
    met: ratio <= most,
    spread: spread(flow),
    rounds: flow.length,
  };
}

/** In the whole product: an incident holds a deployment; from asking for its end to seeing the start of the deployment, by the one clock of whoever asks. */
async function start(): Promise<Result> {
  await using product = await startProduct();
  const session = { url: product.url, cookie: await logIn(product.url, 'adam@flow.demo') };
  const place = await findPlace(session);
  const scope = { serviceIds: [place.serviceId] };
  const rule = { title: 'Incident', scope, appliesTo: {}, enforcement: 'enforce', effect: { kind: 'hold' } };
  const condition = { kind: 'builtIn', use: { key: 'open-incident' } };
  await change(session, 'policy.save', { tenant: 'acme', kind: 'rule', document: { ...rule, condition } });
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const tookMs = await startOnce(session, place);
    if (round > 0) times.push(tookMs);
  }
  return {
    row: 'A2',
    what: 'From the end of an incident to the start of a deployment that waited for it',
    unit: 'ms',
    flow: median(times),
    peer: null,
    peerValue: null,
    ratio: null,
    goal: `≤ ${startMaxMs} ms`,
    met: median(times) <= startMaxMs,
    spread: spread(times),
    rounds: times.length,
  };
}

interface BenchPlace {
  serviceId: string;
  environmentId: string;
  artifactId: string;
}

const ids = z.array(z.object({ id: z.string(), slug: z.string() }));
const artifacts = z.object({ items: z.array(z.object({ id: z.string() })).min(1) });
const service = z.object({ id: z.string() });

async function findPlace(session: Session): Promise<BenchPlace> {
  const environments = ids.parse(await ask(session, 'environment.list', { tenant: 'acme' }));
  const { id: serviceId } = service.parse(await ask(session, 'service.get', { tenant: 'acme', service: 'recommendations' }));
  const { items } = artifacts.parse(await ask(session, 'artifact.list', { tenant: 'acme', serviceId }));
  const environmentId = environments.find(({ slug }) => slug === 'development')?.id;
  const artifactId = items[0]?.id;
  if (environmentId === undefined || artifactId === undefined)
    throw new Error('the demo has no development, or no artifact of recommendations');
  return { serviceId, environmentId, artifactId };
}

const opened = z.object({ incidentId: z.string() });
const asked = z.object({ deploymentId: z.string() });
const deployment = z.object({ state: z.string(), startedAt: z.string().nullable() });

async function startOnce(session: Session, place: BenchPlace): Promise<number> {
  const { serviceId } = place;
  const { incidentId } = opened.parse(
    await change(session, 'incident.open', { tenant: 'acme', serviceId, title: 'Slow', severity: 'minor' }),
  );
  const { deploymentId } = asked.parse(await change(session, 'deployment.ask', { tenant: 'acme', ...place }));
  await until(session, deploymentId, ({ state }) => state === 'held');
  const closedAt = nowMs();
  await change(session, 'incident.close', { tenant: 'acme', incidentId });
  await until(session, deploymentId, ({ startedAt }) => startedAt !== null);
  const tookMs = nowMs() - closedAt;
  await until(session, deploymentId, ({ state }) => ['succeeded', 'failed', 'rolledBack'].includes(state));
  return tookMs;
}

type Seen = z.infer<typeof deployment>;

async function until(session: Session, deploymentId: string, isThere: (seen: Seen) => boolean): Promise<void> {
  const deadline = nowMs() + 300_000;
  while (nowMs() < deadline) {
    if (isThere(deployment.parse(await ask(session, 'deployment.get', { tenant: 'acme', deploymentId })))) return;
  }
  throw new Error(`deployment ${deploymentId} did not come as far as it is measured`);
}
