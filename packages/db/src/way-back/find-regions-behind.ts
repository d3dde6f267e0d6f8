import { targetState } from '@flow/core/deployment';
import type { RegionBehind } from '@flow/core/way-back';
import { z } from 'zod';
import type { Tx } from '../client/index.ts';

const behindRow = z.object({
  targetId: z.string(),
  region: z.string(),
  state: targetState,
  isOvertaken: z.boolean(),
  artifactId: z.string().nullable(),
  version: z.string().nullable(),
  deploymentId: z.string().nullable(),
});

/** With the deployment that was healthy with the version. */
export interface FoundBehind extends RegionBehind {
  lastGood: { artifactId: string; version: string; deploymentId: string } | null;
}

/**
 * The regions of a deployment, each with the version that it goes back to: for each region a look along the history of the place, from this deployment on, until
 * one is found that was healthy there.
 */
export async function findRegionsBehind(reader: Tx, tenantId: string, deploymentId: string): Promise<FoundBehind[]> {
  const rows = await reader.$queryRaw`
    SELECT td.target_id AS "targetId", td.region, td.state, good."artifactId", good.version, good."deploymentId",
      EXISTS (
        SELECT 1 FROM deployment later
        JOIN target_deployment there ON there.tenant_id = later.tenant_id AND there.deployment_id = later.id AND there.target_id = td.target_id
        WHERE later.tenant_id = d.tenant_id AND later.service_id = d.service_id AND later.environment_id = d.environment_id
          AND later.created_at > d.created_at AND there.state = 'healthy'
      ) AS "isOvertaken"
    FROM deployment d
    JOIN artifact a ON a.tenant_id = d.tenant_id AND a.id = d.artifact_id
    JOIN target_deployment td ON td.tenant_id = d.tenant_id AND td.deployment_id = d.id
    LEFT JOIN LATERAL (
      SELECT had.id AS "artifactId", had.version, before.id AS "deploymentId" FROM deployment before
      JOIN target_deployment there ON there.tenant_id = before.tenant_id AND there.deployment_id = before.id AND there.target_id = td.target_id
      JOIN artifact had ON had.tenant_id = before.tenant_id AND had.id = before.artifact_id
      WHERE before.tenant_id = d.tenant_id AND before.service_id = d.service_id AND before.environment_id = d.environment_id
        AND before.created_at < d.created_at AND there.state = 'healthy' AND had.digest <> a.digest
        AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.tenant_id = before.tenant_id AND q.open_digest = had.digest)
      ORDER BY before.created_at DESC, before.id DESC LIMIT 1
    ) good ON true
    WHERE d.tenant_id = ${tenantId} AND d.id = ${deploymentId}
    ORDER BY td.region`;
  return z
    .array(behindRow)
    .parse(rows)
    .map(({ artifactId, version, deploymentId: by, ...row }) => ({
      ...row,
      lastGood: artifactId === null || version === null || by === null ? null : { artifactId, version, deploymentId: by },
    }));
}
