import type { Tx } from '../client/index.ts';
import { createdBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

/** A row of the list of artifacts. */
export interface ArtifactRow {
  id: string;
  serviceId: string;
  serviceSlug: string;
  serviceName: string;
  runId: string | null;
  runNumber: number | null;
  kind: string;
  version: string;
  digest: string;
  commitSha: string;
  commitMessage: string;
  commitAuthor: string;
  createdAt: Date;
}

export interface ArtifactDetail extends ArtifactRow {
  repository: string;
  chartVersion: string;
}

const artifactSelect = {
  id: true,
  serviceId: true,
  runId: true,
  kind: true,
  version: true,
  digest: true,
  commitSha: true,
  commitMessage: true,
  commitAuthor: true,
  createdAt: true,
  service: { select: { slug: true, name: true } },
  run: { select: { number: true } },
} as const;

interface Nested {
  service: { slug: string; name: string };
  run: { number: number } | null;
}

function flat<Row extends Nested>({
  service,
  run,
  ...row
}: Row): Omit<Row, keyof Nested> & { serviceSlug: string; serviceName: string; runNumber: number | null } {
  return { ...row, serviceSlug: service.slug, serviceName: service.name, runNumber: run?.number ?? null };
}

/** Artifacts of the tenant, or of one of its services, newest first. */
export async function listArtifacts(
  reader: Tx,
  tenantId: string,
  query: PageQuery & { serviceId?: string | undefined; runId?: string | undefined },
): Promise<Page<ArtifactRow>> {
  const rows = await reader.artifact.findMany({
    where: {
      tenantId,
      ...createdBefore(query.cursor),
      ...(query.serviceId === undefined ? {} : { serviceId: query.serviceId }),
      ...(query.runId === undefined ? {} : { publishedBy: { some: { tenantId, id: query.runId } } }),
    },
    select: artifactSelect,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return toPage(rows.map(flat), query.limit, (row) => row.createdAt);
}

/** One artifact, or null. */
export async function findArtifact(reader: Tx, tenantId: string, id: string): Promise<ArtifactDetail | null> {
  const row = await reader.artifact.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: { ...artifactSelect, repository: true, chartVersion: true },
  });
  return row === null ? null : flat(row);
}
