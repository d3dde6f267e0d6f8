import { z } from 'zod';
import type { Tx } from '../client/index.ts';

/** What the manifests of a deployment would run, as they were rendered. */
export interface PreparedWorkload {
  replicas: number;
  disruptionBudget: number | null;
  hasResources: boolean;
}

const prepared = z.object({
  workload: z.object({ replicas: z.number(), disruptionBudget: z.number().nullable(), hasResources: z.boolean() }).nullable(),
});

/** Reads it off the result of the preparation; null before it is done. */
export function workloadOf(result: unknown): PreparedWorkload | null {
  return prepared.safeParse(result).data?.workload ?? null;
}

/** The workload that was found when the deployment was prepared; null before. */
export async function findPreparedWorkload(reader: Tx, tenantId: string, deploymentId: string): Promise<PreparedWorkload | null> {
  const action = await reader.engineAction.findFirst({
    where: { tenantId, deploymentId, key: `${deploymentId}/prepare` },
    select: { result: true },
  });
  return workloadOf(action?.result);
}
