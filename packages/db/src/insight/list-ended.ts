import { backCause, deploymentState, targetState } from '@flow/core/deployment';
import type { Aftermath, DeploymentFact, Stretch } from '@flow/core/insight';
import { canaryProgress } from '@flow/core/rollout';
import { reasonSource } from '@flow/core/verdict';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/** The newest that are read at once: of a period with more, the insight is of a shorter one. */
export const endedMax = 50_000;

/** Which deployments are looked at. */
export interface EndedQuery {
  /** They have ended in it. */
  period: Stretch;
  /** Of this service only; null for all. */
  serviceId: string | null;
  /** In these environments only; null for all. */
  environmentIds: readonly string[] | null;
  limit: number;
}

const json = z.coerce.date();

const targetRow = z.object({
  region: z.string(),
  wave: z.number(),
  state: targetState,
  failedAt: json.nullable(),
  finishedAt: json.nullable(),
  progress: z.array(canaryProgress).catch([]),
  badMetric: z.object({ name: z.string(), isMeasured: z.boolean() }).nullable(),
});

const holdRow = z.object({
  source: reasonSource,
  policyId: z.string(),
  isQueue: z.boolean(),
  beganAt: json,
  endedAt: json.nullable(),
});

const endedRow = z.object({
  id: z.string(),
  serviceId: z.string(),
  environmentId: z.string(),
  version: z.string(),
  kind: z.enum(['deploy', 'rollback']),
  invoker: z.enum(['person', 'api', 'automation']),
  state: deploymentState,
  reason: z.string().nullable(),
  backCause: backCause.nullable(),
  committedAt: z.date().nullable(),
  isFirst: z.boolean(),
  startedAt: z.date().nullable(),
  finishedAt: z.date(),
  targets: z.array(targetRow),
  takenBackAt: z.date().nullable(),
  incidentOpenedAt: z.date().nullable(),
  incidentClosedAt: z.date().nullable(),
  askedAt: z.date().nullable(),
  decidedAt: z.date().nullable(),
  holds: z.array(holdRow),
});

/**
 * The deployments that have ended in a period, newest first, with all that their figures are made from. Read by the index on their end, and of each what
 * belongs to it by its own key: what is older costs nothing.
 * A commit whose history no run has read has the time of its artifact, which is not its own: it is left out.
 */
export async function listEnded(reader: Tx, tenantId: string, query: EndedQuery): Promise<DeploymentFact[]> {
  const { period, serviceId, limit } = query;
  const environmentIds = query.environmentIds === null ? null : [...query.environmentIds];
  const rows = await reader.$queryRaw`
    WITH ended AS MATERIALIZED (
      SELECT d.* FROM deployment d
      WHERE d.tenant_id = ${tenantId} AND d.finished_at >= ${period.from} AND d.finished_at < ${period.until}
        AND (${serviceId}::text IS NULL OR d.service_id = ${serviceId})
        AND (${environmentIds}::text[] IS NULL OR d.environment_id = ANY(${environmentIds}::text[]))
      ORDER BY d.finished_at DESC, d.id DESC LIMIT ${limit}
    )
    SELECT d.id, d.service_id AS "serviceId", d.environment_id AS "environmentId", a.version, d.kind, d.invoker, d.state, d.reason,
      d.back_cause AS "backCause", d.started_at AS "startedAt", d.finished_at AS "finishedAt",
      CASE WHEN c.parents = '{}' AND c.committed_at = a.created_at THEN NULL ELSE c.committed_at END AS "committedAt",
      NOT EXISTS (
        SELECT 1 FROM deployment earlier
        WHERE earlier.tenant_id = d.tenant_id AND earlier.artifact_id = d.artifact_id AND earlier.environment_id = d.environment_id
          AND earlier.state = 'succeeded' AND earlier.finished_at < d.finished_at
      ) AS "isFirst",
      COALESCE(t.targets, '[]'::jsonb) AS targets, back.created_at AS "takenBackAt",
      incident.opened_at AS "incidentOpenedAt", incident.closed_at AS "incidentClosedAt",
      request.created_at AS "askedAt", request.decided_at AS "decidedAt", COALESCE(f.holds, '[]'::jsonb) AS holds
    FROM ended d
    JOIN artifact a ON a.tenant_id = d.tenant_id AND a.id = d.artifact_id
    LEFT JOIN commit c ON c.tenant_id = d.tenant_id AND c.service_id = d.service_id AND c.sha = a.commit_sha
    LEFT JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('region', target.region, 'wave', target.wave, 'state', target.state, 'failedAt', target.failed_at,
        'finishedAt', target.finished_at, 'progress', CASE WHEN target.state = 'healthy' THEN target.progress ELSE '[]'::jsonb END,
        'badMetric', CASE WHEN target.failed_at IS NULL THEN NULL ELSE (
          SELECT jsonb_build_object('name', metric->>'name', 'isMeasured', metric->>'phase' = 'Failed')
          FROM jsonb_array_elements(target.analyses) WITH ORDINALITY AS run(view, place),
            jsonb_array_elements(run.view->'metrics') WITH ORDINALITY AS measured(metric, number)
          WHERE metric->>'phase' IN ('Failed', 'Error') ORDER BY run.place, measured.number LIMIT 1
        ) END) ORDER BY target.wave, target.region) AS targets
      FROM target_deployment target WHERE target.tenant_id = d.tenant_id AND target.deployment_id = d.id
    ) t ON true
    LEFT JOIN LATERAL (
      SELECT kept.outcome, kept.outcome_of FROM kept_verdict kept
      WHERE kept.tenant_id = d.tenant_id AND kept.deployment_id = d.id AND kept.moment = 'started' AND kept.outcome_of IS NOT NULL LIMIT 1
    ) v ON true
    LEFT JOIN deployment back ON back.tenant_id = d.tenant_id AND back.id = v.outcome_of AND v.outcome = 'rolledBack'
    LEFT JOIN incident ON incident.tenant_id = d.tenant_id AND incident.id = v.outcome_of AND v.outcome = 'incident'
    LEFT JOIN approval_request request ON request.tenant_id = d.tenant_id AND request.deployment_id = d.id AND request.auto_reason = ''
      AND request.state IN ('approved', 'rejected')
    LEFT JOIN LATERAL (
      SELECT jsonb_agg(jsonb_build_object('source', said.source, 'policyId', said.policy_id, 'beganAt', said.began_at, 'endedAt', said.ended_at,
        'isQueue', said.is_limit OR said.policy_id = 'one-at-a-time') ORDER BY said.began_at, said.id) AS holds
      FROM policy_finding said
      WHERE said.tenant_id = d.tenant_id AND said.deployment_id = d.id AND said.effect = 'hold' AND NOT said.is_shadow
    ) f ON true
    ORDER BY d.finished_at DESC, d.id DESC`;
  return z.array(endedRow).parse(rows).map(toFact);
}

function toFact(row: z.infer<typeof endedRow>): DeploymentFact {
  const { takenBackAt, incidentOpenedAt, incidentClosedAt, askedAt, decidedAt, ...fact } = row;
  return {
    ...fact,
    aftermath: aftermathOf({ takenBackAt, incidentOpenedAt, incidentClosedAt }),
    approval: askedAt === null || decidedAt === null ? null : { askedAt, decidedAt },
  };
}

function aftermathOf({
  takenBackAt,
  incidentOpenedAt,
  incidentClosedAt,
}: Pick<z.infer<typeof endedRow>, 'takenBackAt' | 'incidentOpenedAt' | 'incidentClosedAt'>): Aftermath | null {
  if (takenBackAt !== null) return { kind: 'takenBack', askedAt: takenBackAt };
  return incidentOpenedAt === null ? null : { kind: 'incident', openedAt: incidentOpenedAt, closedAt: incidentClosedAt };
}
