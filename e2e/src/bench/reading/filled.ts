import { createDatabase } from '@flow/db/client';
import type { Database } from '@flow/db/client';
import { applyMigrations } from '@flow/db/migrate';
import { createTestTenant, worldNow } from '@flow/operations/testing';
import type { TestTenant } from '@flow/operations/testing';
import { startChild } from '../child.ts';
import type { Child } from '../child.ts';

/** A database with a tenant, and Flow's API on it, signed in as a developer of that tenant. */
export interface Filled {
  url: string;
  tenant: TestTenant;
  api: Child;
}

/** Fills an empty database and starts the API. */
export async function fillAndServe(url: string, fill: (db: Database, tenant: TestTenant) => Promise<void>): Promise<Filled> {
  await applyMigrations(url);
  const db = createDatabase(url);
  const tenant = await createTestTenant(db);
  const session = await longSession(db, tenant);
  await fill(db, tenant);
  await db.close();
  const api = await startChild('servers/flow-api.ts', [url, session]);
  return { url, tenant, api };
}

/** Where the first page of the runs of a tenant is asked for. */
export function firstPagePath(tenant: TestTenant): string {
  return `/api/trpc/run.list?input=${encodeURIComponent(JSON.stringify({ tenant: tenant.slug }))}`;
}

/** The sessions of test tenants stand at a fixed time; the server has a real clock. */
async function longSession(db: Database, tenant: TestTenant): Promise<string> {
  const { token } = tenant.people.developer;
  const far = new Date('2100-01-01T00:00:00Z');
  await db.prisma.session.updateMany({ where: { userId: tenant.people.developer.id }, data: { expiresAt: far, lastSeenAt: far } });
  return token;
}

/** Adds so many runs to the tenant, every 63rd of them running. */
export async function addRuns(db: Database, tenant: TestTenant, count: number): Promise<void> {
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

/** Adds so many services to the tenant, each with a canary that stands in the middle: copies of the one that a test tenant has. */
export async function addCanaries(db: Database, tenant: TestTenant, count: number): Promise<void> {
  const copy = (table: string, from: string, changes: string): Promise<unknown> =>
    db.pool.query(
      `INSERT INTO ${table} SELECT copied.* FROM ${table} original, generate_series(1, $3::int) n,
         LATERAL jsonb_populate_record(original, ${changes}) copied WHERE original.tenant_id = $1 AND original.id = $2`,
      [tenant.id, from, count],
    );
  await copy('service', tenant.serviceId, `jsonb_build_object('id', 's' || n, 'slug', 'service-' || n)`);
  await copy(
    'deployment',
    tenant.movingId,
    `jsonb_build_object('id', 'd' || n, 'service_id', 's' || n, 'active_place', NULL, 'created_at', original.created_at - n * interval '7 seconds')`,
  );
  await copy('target_deployment', tenant.movingTargetId, `jsonb_build_object('id', 't' || n, 'deployment_id', 'd' || n)`);
  await db.pool.query('VACUUM ANALYZE service, deployment, target_deployment');
}
