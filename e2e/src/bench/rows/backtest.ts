import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { applyMigrations } from '@flow/db/migrate';
import { saveKeptVerdict } from '@flow/db/verdict';
import { backtestDraft } from '@flow/operations/backtest';
import { actAs, createTestTenant, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { nowMs } from '../clock.ts';
import { rounds } from '../env.ts';
import { benchFacts } from '../decisions/governed.ts';
import { alternate, median, spread } from '../measure.ts';
import { openPostgres } from '../postgres.ts';
import { residentMiB } from '../process.ts';
import type { Result, Row } from '../result.ts';

const pastCount = 100_000;
const wholeMaxMs = 2_000;
const firstMaxMs = 1_000;
const growthMaxMiB = 50;
/** OPA in Go makes 9,900 decisions a second from bytes of JSON, measured on a machine of the same kind. */
const opaMs = (pastCount / 9_900) * 1_000;
const document = {
  title: 'Backtest',
  scope: {},
  appliesTo: {},
  enforcement: 'shadow',
  effect: { kind: 'hold' },
  condition: { kind: 'expression', source: 'service.tier == "1" && artifact.soakMinutes < 60 && time.weekday == 1' },
};

/** D5: a new rule over a hundred thousand past deployments, from the database to the last part of the answer. */
export const backtest: Row = {
  name: 'D5',
  async run() {
    await using postgres = await openPostgres();
    const url = await postgres.create('past');
    await applyMigrations(url);
    const db = createDatabase(url);
    try {
      const tenant = await createTestTenant(db);
      await fill(db, tenant);
      const measured = await alternate({ flow: () => runWhole(db, tenant) }, rounds);
      return report(measured.flow);
    } finally {
      await db.close();
    }
  },
};

interface Round {
  wholeMs: number;
  /** Processor time of this process: what the rest of the machine does is not in it. */
  cpuMs: number;
  firstMs: number;
  grownMiB: number;
}

async function runWhole(db: Database, tenant: TestTenant): Promise<Round> {
  const ctx = actAs(db, tenant.id, tenant.people.viewer.actor);
  const [began, before] = [nowMs(), await residentMiB(process.pid)];
  const cpuBefore = process.cpuUsage();
  let [cursor, firstMs, lookedAt, most]: [string | undefined, number, number, number] = [undefined, 0, 0, before];
  do {
    const part = await backtestDraft(ctx, { document, ...(cursor === undefined ? {} : { cursor }) });
    if (firstMs === 0) firstMs = nowMs() - began;
    lookedAt += part.tally.lookedAt;
    most = Math.max(most, await residentMiB(process.pid));
    cursor = part.nextCursor ?? undefined;
  } while (cursor !== undefined);
  if (lookedAt !== pastCount) throw new Error(`The backtest looked at ${lookedAt} of ${pastCount}`);
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wholeMs: nowMs() - began, cpuMs: (user + system) / 1_000, firstMs, grownMiB: most - before };
}

async function fill(db: Database, tenant: TestTenant): Promise<void> {
  const { serviceId, artifactId } = tenant;
  const facts = benchFacts();
  await saveKeptVerdict(db.prisma, tenant.id, {
    id: 'past-0',
    deploymentId: tenant.succeededId,
    serviceId,
    environmentId: tenant.productionId,
    artifactId,
    digest: 'sha256:a',
    moment: 'started',
    result: 'allowed',
    at: worldNow,
    facts: { ...facts, service: { ...facts.service, id: serviceId } },
    said: [],
  });
  await db.pool.query(
    `INSERT INTO kept_verdict (tenant_id, id, deployment_id, service_id, environment_id, artifact_id, digest, moment, result, at, facts_version, facts, others, said, outcome)
     SELECT tenant_id, 'past-' || n, deployment_id, service_id, environment_id, artifact_id, digest, moment, result, at - n * interval '10 minutes',
       facts_version, facts, others, said, CASE WHEN n % 20 = 0 THEN 'rolledBack' ELSE 'succeeded' END
     FROM kept_verdict, generate_series(1, $1::int) AS n WHERE tenant_id = $2 AND id = 'past-0'`,
    [pastCount - 1, tenant.id],
  );
  await db.pool.query('ANALYZE kept_verdict');
}

function report(measured: readonly Round[]): Result[] {
  const line = (
    what: string,
    { values, unit, most, opa = null }: { values: number[]; unit: Result['unit']; most: number; opa?: number | null },
  ): Result => ({
    row: 'D5',
    what,
    unit,
    flow: median(values),
    peer: opa === null ? null : 'by OPA in Go, quoted',
    peerValue: opa,
    ratio: opa === null ? null : median(values) / opa,
    goal: `≤ ${most} ${unit}`,
    met: median(values) <= most,
    spread: spread(values),
    rounds: values.length,
  });
  const of = (name: keyof Round): number[] => measured.map((round) => round[name]);
  return [
    line('Backtest over 100,000 past deployments', { values: of('wholeMs'), unit: 'ms', most: wholeMaxMs, opa: opaMs }),
    line('Processor time of Flow for it', { values: of('cpuMs'), unit: 'ms', most: wholeMaxMs, opa: opaMs }),
    line('Its first numbers', { values: of('firstMs'), unit: 'ms', most: firstMaxMs }),
    line('Memory that it adds', { values: of('grownMiB'), unit: 'MiB', most: growthMaxMiB }),
  ];
}
