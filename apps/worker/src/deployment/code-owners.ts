import { allOwners, ownersOfPaths, parseCodeOwners } from '@flow/core/approval';
import type { Place } from '@flow/core/rule';
import { findRunningCommit } from '@flow/db/deployment';
import type { DeploymentForDecision } from '@flow/db/deployment';
import { asksCodeOwners } from '@flow/operations/approval';
import { z } from 'zod';
import type { DeploymentDependencies } from './reconcile.ts';

/**
 * Owners of what would change, as the CODEOWNERS file of the version that runs names them: a change never names its own approvers. For a first deployment
 * everyone whom its own file names. Null when no approval policy asks for code owners or the file names nobody for it: then the service's owner counts.
 */
export async function findOwnersOfChange(
  { db, git }: Pick<DeploymentDependencies, 'db' | 'git'>,
  { deployment }: DeploymentForDecision,
): Promise<string[] | null> {
  const { tenantId, serviceId, environmentId, service, artifact } = deployment;
  if (!(await asksCodeOwners(db.prisma, tenantId, placeOf(deployment)))) return null;
  const baseSha = await findRunningCommit(db.prisma, tenantId, { serviceId, environmentId });
  const { file, changedPaths } = await git.readOwners({ repositoryUrl: service.repositoryUrl, sha: artifact.commitSha }, baseSha);
  if (file === null) return null;
  const lines = parseCodeOwners(file);
  const owners = changedPaths === null ? allOwners(lines) : ownersOfPaths(lines, changedPaths);
  return owners.length === 0 ? null : owners;
}

function placeOf({ tenantId, serviceId, environmentId, service, environment, targets }: DeploymentForDecision['deployment']): Place {
  return {
    tenantId,
    serviceId,
    environmentId,
    environmentKind: environment.kind,
    tier: String(service.tier),
    regions: targets.map((target) => target.region),
    labels: z.record(z.string(), z.string()).catch({}).parse(service.labels),
  };
}
