import { terminalDeploymentStates } from '@flow/core/deployment';
import { canaryProgressMax } from '@flow/core/rollout';
import type pg from 'pg';
import { z } from 'zod';
import type { Database } from '../client/index.ts';

/** One object of an engine as last seen, already projected to its slim view. */
export interface Observation {
  /** From the object's label; null where the engine makes the object itself (analysis runs). */
  tenantId: string | null;
  clusterId: string;
  resource: 'rollouts' | 'analysisruns' | 'pods' | 'workflows';
  namespace: string;
  name: string;
  uid: string;
  resourceVersion: string;
  /** Release that it belongs to: the Rollout's name. Empty for Workflows. */
  release: string;
  runId: string | null;
  view: unknown;
  isDeleted: boolean;
}

export interface Ingested {
  /** Objects whose view really changed. */
  changedCount: number;
}

const changedRow = z.object({
  tenantId: z.string(),
  clusterId: z.string(),
  resource: z.string(),
  namespace: z.string(),
  name: z.string(),
  release: z.string(),
  runId: z.string().nullable(),
});
type Changed = z.infer<typeof changedRow>;

// A later row of the same batch would hit the same target row twice, so the caller sends each object once, newest last.
const upsert = `
  INSERT INTO observed_object (tenant_id, cluster_id, resource, namespace, name, uid, resource_version, view, release, run_id, deleted_at, updated_at)
  SELECT COALESCE(o."tenantId", owner.tenant_id), o."clusterId", o.resource, o.namespace, o.name, o.uid, o."resourceVersion", o.view, o.release, o."runId",
         CASE WHEN o."isDeleted" THEN now() END, now()
  FROM jsonb_to_recordset($1::jsonb) AS o("tenantId" text, "clusterId" text, resource text, namespace text, name text, uid text,
       "resourceVersion" text, release text, "runId" text, view jsonb, "isDeleted" boolean)
  LEFT JOIN LATERAL (
    SELECT td.tenant_id FROM target_deployment td
    WHERE o."tenantId" IS NULL AND td.cluster_id = o."clusterId" AND td.namespace = o.namespace AND td.release_name = o.release LIMIT 1
  ) owner ON true
  WHERE COALESCE(o."tenantId", owner.tenant_id) IN (SELECT id FROM tenant)
  ON CONFLICT (tenant_id, cluster_id, resource, namespace, name) DO UPDATE
  SET uid = EXCLUDED.uid, resource_version = EXCLUDED.resource_version, view = EXCLUDED.view, release = EXCLUDED.release, run_id = EXCLUDED.run_id,
      deleted_at = EXCLUDED.deleted_at, updated_at = now()
  WHERE observed_object.uid <> EXCLUDED.uid OR (observed_object.deleted_at IS NULL) <> (EXCLUDED.deleted_at IS NULL)
     OR (observed_object.view - 'resourceVersion') IS DISTINCT FROM (EXCLUDED.view - 'resourceVersion')
  RETURNING tenant_id AS "tenantId", cluster_id AS "clusterId", resource, namespace, name, release, run_id AS "runId"`;

// Two kinds of objects of one release are written at the same time by two watches. The rows are locked by a statement of their own, so that the one that
// reads the views has a snapshot in which the other watch's views are there: otherwise it would write back an older view than the one it waited for.
const lockTargets = `
  SELECT td.id FROM jsonb_to_recordset($1::jsonb) AS t("tenantId" text, "clusterId" text, namespace text, release text)
  JOIN target_deployment td ON td.tenant_id = t."tenantId" AND td.cluster_id = t."clusterId" AND td.namespace = t.namespace AND td.release_name = t.release
  JOIN deployment d ON d.tenant_id = td.tenant_id AND d.id = td.deployment_id AND d.state <> ALL($2::text[])
  ORDER BY td.tenant_id, td.id FOR UPDATE OF td`;

// Deployments that have ended keep the last view of their time.
const updateTargets = `
  WITH touched AS (
    SELECT DISTINCT r."tenantId", r."clusterId", r.namespace, r.release
    FROM jsonb_to_recordset($1::jsonb) AS r("tenantId" text, "clusterId" text, namespace text, release text)
  ), newest AS (
    SELECT td.tenant_id, td.id, rollout.view AS observed,
           COALESCE((SELECT jsonb_agg(run.view ORDER BY run.view->>'startedAt') FROM observed_object run
             WHERE run.tenant_id = td.tenant_id AND run.cluster_id = td.cluster_id AND run.namespace = td.namespace AND run.release = td.release_name
               AND run.resource = 'analysisruns' AND run.view->>'podHash' = COALESCE(td.pod_hash, rollout.view->>'currentPodHash')), '[]'::jsonb) AS analyses
    FROM touched t
    JOIN target_deployment td ON td.tenant_id = t."tenantId" AND td.cluster_id = t."clusterId" AND td.namespace = t.namespace AND td.release_name = t.release
    JOIN deployment d ON d.tenant_id = td.tenant_id AND d.id = td.deployment_id AND d.state <> ALL($2::text[])
    LEFT JOIN observed_object rollout ON rollout.tenant_id = td.tenant_id AND rollout.cluster_id = td.cluster_id AND rollout.resource = 'rollouts'
      AND rollout.namespace = td.namespace AND rollout.name = td.release_name AND rollout.deleted_at IS NULL
    WHERE td.state NOT IN ('pending', 'skipped')
  )
  UPDATE target_deployment td
  SET observed = newest.observed, analyses = CASE WHEN newest.analyses = '[]'::jsonb THEN td.analyses ELSE newest.analyses END,
      progress = CASE WHEN newest.observed->>'deploymentId' = td.deployment_id AND newest.observed->>'stepIndex' <> COALESCE(td.progress->-1->>'stepIndex', '')
          AND jsonb_array_length(td.progress) < $3::int
        THEN td.progress || jsonb_build_object('at', COALESCE($4::timestamptz, now()), 'stepIndex', newest.observed->'stepIndex', 'weight', newest.observed->'canaryWeight',
          'step', newest.observed->'steps'->(newest.observed->>'stepIndex')::int)
        ELSE td.progress END,
      pod_hash = CASE WHEN newest.observed->>'deploymentId' = td.deployment_id AND newest.observed->>'currentPodHash' <> '' THEN newest.observed->>'currentPodHash' ELSE td.pod_hash END,
      rollout_uid = COALESCE(newest.observed->>'uid', td.rollout_uid)
  FROM newest WHERE td.tenant_id = newest.tenant_id AND td.id = newest.id
  RETURNING td.tenant_id AS "tenantId", td.id, td.deployment_id AS "deploymentId", td.region, td.observed`;

// What is promoted by a rule waits for its releases to be healthy: those of which one is seen to be are looked at again. Only what waits already is woken.
const wakePromotions = `
  UPDATE job SET run_at = LEAST(job.run_at, date_trunc('milliseconds', now())), generation = job.generation + 1
  FROM (
    SELECT waiting.key FROM job waiting WHERE waiting.kind = 'promotion' AND waiting.key IN (
      SELECT s.id FROM jsonb_to_recordset($1::jsonb) AS o("tenantId" text, "clusterId" text, namespace text, name text)
      JOIN service s ON s.tenant_id = o."tenantId" AND s.slug = o.name
      JOIN observed_object seen ON seen.tenant_id = s.tenant_id AND seen.cluster_id = o."clusterId" AND seen.resource = 'rollouts'
        AND seen.namespace = o.namespace AND seen.name = s.slug AND seen.view->>'phase' = 'Healthy'
    ) ORDER BY waiting.key FOR UPDATE
  ) due WHERE job.kind = 'promotion' AND job.key = due.key`;

const targetRow = z.object({ tenantId: z.string(), id: z.string(), deploymentId: z.string(), region: z.string(), observed: z.unknown() });

/**
 * Writes a batch of observations in one transaction: the changed views, the targets of moving deployments that they belong to, one event for each of
 * those, and a wake for what must be decided anew. Unchanged objects cost a comparison and write nothing.
 * `seenAt` is when the canaries came to their steps, for a story that is told afterwards; without it that is now.
 */
export async function ingest(db: Database, batch: readonly Observation[], seenAt: Date | null = null): Promise<Ingested> {
  if (batch.length === 0) return { changedCount: 0 };
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    const changed = (await client.query({ name: 'ingest-upsert', text: upsert, values: [JSON.stringify(batch)] })).rows.map((row) =>
      changedRow.parse(row),
    );
    await followReleases(
      client,
      changed.filter((row) => row.resource !== 'workflows'),
      seenAt,
    );
    await wakeRuns(
      client,
      changed.filter((row) => row.resource === 'workflows'),
    );
    const rollouts = changed.filter((row) => row.resource === 'rollouts');
    if (rollouts.length > 0) await client.query({ name: 'ingest-promotions', text: wakePromotions, values: [JSON.stringify(rollouts)] });
    await client.query('COMMIT');
    return { changedCount: changed.length };
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function followReleases(client: pg.PoolClient, changed: readonly Changed[], seenAt: Date | null): Promise<void> {
  if (changed.length === 0) return;
  await client.query({ name: 'ingest-lock', text: lockTargets, values: [JSON.stringify(changed), terminalDeploymentStates] });
  const result = await client.query({
    name: 'ingest-targets',
    text: updateTargets,
    values: [JSON.stringify(changed), terminalDeploymentStates, canaryProgressMax, seenAt],
  });
  const targets = result.rows.map((row) => targetRow.parse(row));
  if (targets.length === 0) return;
  const events = targets.map((target) => ({
    tenantId: target.tenantId,
    topics: [`deployment:${target.deploymentId}`, `tenant:${target.tenantId}`],
    type: 'target.changed',
    data: { deploymentId: target.deploymentId, targetDeploymentId: target.id, region: target.region, observed: target.observed },
  }));
  await client.query({
    name: 'ingest-events',
    text: `INSERT INTO event (tenant_id, topics, type, data)
           SELECT e."tenantId", e.topics, e.type, e.data FROM jsonb_to_recordset($1::jsonb) AS e("tenantId" text, topics text[], type text, data jsonb)`,
    values: [JSON.stringify(events)],
  });
  await wakeAll(
    client,
    'deployment',
    targets.map((target) => ({ key: target.deploymentId, tenantId: target.tenantId })),
  );
}

async function wakeRuns(client: pg.PoolClient, changed: readonly Changed[]): Promise<void> {
  const runs = changed.flatMap((row) => (row.runId === null ? [] : [{ key: row.runId, tenantId: row.tenantId }]));
  if (runs.length > 0) await wakeAll(client, 'run', runs);
}

async function wakeAll(
  client: pg.PoolClient,
  kind: 'deployment' | 'run',
  things: readonly { key: string; tenantId: string }[],
): Promise<void> {
  const distinct = [...new Map(things.map((thing) => [thing.key, thing])).values()];
  await client.query({
    name: 'ingest-wake',
    text: `INSERT INTO job (kind, key, tenant_id, run_at, generation)
           SELECT $1, j.key, j."tenantId", date_trunc('milliseconds', now()), 1 FROM jsonb_to_recordset($2::jsonb) AS j(key text, "tenantId" text) ORDER BY j.key
           ON CONFLICT (kind, key) DO UPDATE SET run_at = LEAST(job.run_at, date_trunc('milliseconds', now())), generation = job.generation + 1,
             dead_at = NULL, attempts = CASE WHEN job.dead_at IS NULL THEN job.attempts ELSE 0 END`,
    values: [kind, JSON.stringify(distinct)],
  });
}

/** Which objects of one kind in one cluster are gone. */
export interface Gone {
  clusterId: string;
  resource: Observation['resource'];
  /** Objects that a watch reported as deleted. */
  uids: readonly string[];
  /** `all but these`: after a full read, whatever is not among the uids is gone. */
  allBut?: boolean;
}

const markGone = `
  UPDATE observed_object SET deleted_at = now(), updated_at = now()
  WHERE cluster_id = $1 AND resource = $2 AND deleted_at IS NULL AND (uid = ANY($3::text[])) <> $4
  RETURNING tenant_id AS "tenantId", cluster_id AS "clusterId", resource, namespace, name, release, run_id AS "runId"`;

/** Marks objects as gone, with the same consequences as a change. */
export async function ingestGone(db: Database, gone: Gone): Promise<void> {
  if (gone.uids.length === 0 && gone.allBut !== true) return;
  const client = await db.pool.connect();
  try {
    await client.query('BEGIN');
    const result = await client.query({
      name: 'ingest-gone',
      text: markGone,
      values: [gone.clusterId, gone.resource, gone.uids, gone.allBut === true],
    });
    const changed = result.rows.map((row) => changedRow.parse(row));
    await followReleases(
      client,
      changed.filter((row) => row.resource !== 'workflows'),
      null,
    );
    await wakeRuns(
      client,
      changed.filter((row) => row.resource === 'workflows'),
    );
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
