import { commitGraph, relate } from '@flow/core/promotion';
import type { Relation } from '@flow/core/promotion';
import { findArtifact } from '@flow/db/artifact';
import { listEnvironments } from '@flow/db/catalog';
import { listCommits, listRunningCommits } from '@flow/db/promotion';
import { notFound } from '@flow/operations/context';
import type { z } from 'zod';
import type { TenantContext } from '../trpc/index.ts';
import type { commitsBetween, standing } from './schemas.ts';

/** How an artifact stands to what runs in each environment: the commits that it would bring, and those that it would take away. */
export async function loadStanding(ctx: TenantContext, artifactId: string): Promise<z.input<typeof standing>[]> {
  const { reader, tenant } = ctx;
  const artifact = await findArtifact(reader, tenant.id, artifactId);
  if (artifact === null) throw notFound('artifact');
  const [environments, known, running] = await Promise.all([
    listEnvironments(reader, tenant.id),
    listCommits(reader, tenant.id, artifact.serviceId),
    listRunningCommits(reader, tenant.id, artifact.serviceId),
  ]);
  const graph = commitGraph(known);
  return environments.map((environment) => {
    const here = running.filter((one) => one.environmentId === environment.id);
    const versions = [...new Set(here.map((one) => one.artifactId))].flatMap((id) => {
      const own = here.filter((one) => one.artifactId === id);
      const [first] = own;
      if (first === undefined) return [];
      const relation = relate(graph, artifact.commitSha, first.commitSha);
      return [{ artifactId: id, version: first.version, regions: own.map(({ region }) => region), ...countsOf(relation) }];
    });
    return { environmentId: environment.id, environmentName: environment.name, versions };
  });
}

function countsOf(relation: Relation): { relation: Relation['kind']; aheadCount: number; behindCount: number } {
  const { ahead, behind } = sidesOf(relation);
  return { relation: relation.kind, aheadCount: ahead.length, behindCount: behind.length };
}

function sidesOf(relation: Relation): Pick<Extract<Relation, { kind: 'diverged' }>, 'ahead' | 'behind'> {
  return { ahead: 'ahead' in relation ? relation.ahead : [], behind: 'behind' in relation ? relation.behind : [] };
}

/** The commits that one artifact has and another one of the same service lacks, and the other way round. */
export async function loadCommitsBetween(
  { reader, tenant }: TenantContext,
  { artifactId, baseId }: { artifactId: string; baseId: string },
): Promise<z.input<typeof commitsBetween>> {
  const [artifact, base] = await Promise.all([artifactId, baseId].map((id) => findArtifact(reader, tenant.id, id)));
  if (artifact == null || base?.serviceId !== artifact.serviceId) throw notFound('artifact');
  const graph = commitGraph(await listCommits(reader, tenant.id, artifact.serviceId));
  const relation = relate(graph, artifact.commitSha, base.commitSha);
  return { relation: relation.kind, version: artifact.version, baseVersion: base.version, ...sidesOf(relation) };
}
