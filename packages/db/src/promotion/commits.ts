import type { CommitNode } from '@flow/core/promotion';
import { z } from 'zod';
import type { Database, Tx } from '../client/index.ts';

/** So many commits of a service are looked at, the newest ones: a version that is older than all of them is not placed. */
const commitsMax = 1_000;
const textMax = 200;

/** Keeps commits with their parents. One that was known without its parents gets them. Safe to repeat. */
export async function saveHistory(
  db: Pick<Database, 'prisma'>,
  tenantId: string,
  history: { serviceId: string; commits: readonly CommitNode[] },
): Promise<void> {
  if (history.commits.length === 0) return;
  // In one order, so that two runs of the same history do not wait for each other.
  const rows = history.commits
    .map(({ message, author, committedAt, ...commit }) => ({
      ...commit,
      message: message.slice(0, textMax),
      author: author.slice(0, textMax),
      committedAt: committedAt.toISOString(),
    }))
    .toSorted((left, right) => (left.sha < right.sha ? -1 : 1));
  await db.prisma.$executeRaw`
    INSERT INTO commit (tenant_id, service_id, sha, parents, message, author, committed_at)
    SELECT ${tenantId}, ${history.serviceId}, row.sha, ARRAY(SELECT jsonb_array_elements_text(row.parents)), row.message, row.author, row."committedAt"
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS row(sha text, parents jsonb, message text, author text, "committedAt" timestamptz)
    ON CONFLICT (tenant_id, service_id, sha)
    DO UPDATE SET parents = excluded.parents, committed_at = excluded.committed_at WHERE commit.parents = '{}' AND excluded.parents <> '{}'`;
}

/** The newest commits of a service that runs have read. */
export function listCommits(reader: Tx, tenantId: string, serviceId: string): Promise<CommitNode[]> {
  return reader.commit.findMany({
    where: { tenantId, serviceId },
    select: { sha: true, parents: true, message: true, author: true, committedAt: true },
    orderBy: [{ committedAt: 'desc' }, { sha: 'desc' }],
    take: commitsMax,
  });
}

export interface FoundCommit {
  sha: string;
  message: string;
  author: string;
  committedAt: Date;
  service: { id: string; slug: string; name: string };
}

/** Commits of any service whose hash begins so; of a repository with several services one for each. */
export function findCommits(reader: Tx, tenantId: string, prefix: string): Promise<FoundCommit[]> {
  return reader.commit.findMany({
    // Hashes are written with digits and a to f: what follows all of them is a g.
    where: { tenantId, sha: { gte: prefix, lt: `${prefix}g` }, service: { archivedAt: null } },
    select: { sha: true, message: true, author: true, committedAt: true, service: { select: { id: true, slug: true, name: true } } },
    orderBy: [{ committedAt: 'desc' }, { serviceId: 'asc' }],
    take: 20,
  });
}

const builtRow = z.object({
  environmentId: z.string(),
  region: z.string(),
  artifactId: z.string(),
  version: z.string(),
  commitSha: z.string(),
  deploymentId: z.string(),
  since: z.date(),
});

/** What runs of a service in each region of environments that are not archived, with the commit that it was built from. */
export async function listRunningCommits(reader: Tx, tenantId: string, serviceId: string): Promise<z.infer<typeof builtRow>[]> {
  const rows = await reader.$queryRaw`
    SELECT r.environment_id AS "environmentId", r.region, r.artifact_id AS "artifactId", r.version, a.commit_sha AS "commitSha",
      r.deployment_id AS "deploymentId", r.since
    FROM running_version r
    JOIN environment e ON e.tenant_id = r.tenant_id AND e.id = r.environment_id AND e.archived_at IS NULL
    JOIN artifact a ON a.tenant_id = r.tenant_id AND a.id = r.artifact_id
    WHERE r.tenant_id = ${tenantId} AND r.service_id = ${serviceId}
    ORDER BY e.position, r.region`;
  return z.array(builtRow).parse(rows);
}
