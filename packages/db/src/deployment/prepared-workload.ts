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

const owned = z.object({ codeOwners: z.array(z.string()) });

/** Owners of what would change, as CODEOWNERS or the service names them; null when nobody has looked. */
export function codeOwnersOf(result: unknown): string[] | null {
  return owned.safeParse(result).data?.codeOwners ?? null;
}

/** The code owners that were found when the deployments were prepared, by deployment. */
export async function findCodeOwners(reader: Tx, tenantId: string, deploymentIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await reader.engineAction.findMany({
    where: { tenantId, key: { in: deploymentIds.map((id) => `${id}/prepare`) } },
    select: { deploymentId: true, result: true },
  });
  return new Map(
    rows.flatMap(({ deploymentId, result }) => {
      const owners = codeOwnersOf(result);
      return deploymentId === null || owners === null ? [] : [[deploymentId, owners] as const];
    }),
  );
}

/** The workload that was found when the deployment was prepared; null before. */
export async function findPreparedWorkload(reader: Tx, tenantId: string, deploymentId: string): Promise<PreparedWorkload | null> {
  const action = await reader.engineAction.findFirst({
    where: { tenantId, deploymentId, key: `${deploymentId}/prepare` },
    select: { result: true },
  });
  return workloadOf(action?.result);
}
