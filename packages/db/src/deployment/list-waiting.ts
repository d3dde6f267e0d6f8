import { deploymentState } from '@flow/core/deployment';
import type { DeploymentState } from '@flow/core/deployment';
import type { Tx } from '../client/index.ts';
import { createdAfter, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

/** A deployment that waits before its start. */
export interface WaitingRow {
  id: string;
  state: DeploymentState;
  kind: string;
  serviceSlug: string;
  serviceName: string;
  environmentSlug: string;
  environmentName: string;
  version: string;
  requestedBy: string | null;
  startsItself: boolean;
  notBefore: Date | null;
  createdAt: Date;
}

/** Deployments of the tenant that wait before their start, oldest first. */
export async function listWaitingDeployments(reader: Tx, tenantId: string, query: PageQuery): Promise<Page<WaitingRow>> {
  const rows = await reader.deployment.findMany({
    where: { tenantId, state: { in: ['held', 'awaitingApproval'] }, ...createdAfter(query.cursor) },
    select: {
      id: true,
      state: true,
      kind: true,
      requestedBy: true,
      startsItself: true,
      notBefore: true,
      createdAt: true,
      service: { select: { slug: true, name: true } },
      environment: { select: { slug: true, name: true } },
      artifact: { select: { version: true } },
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: query.limit + 1,
  });
  const waiting = rows.map(({ service, environment, artifact, ...row }) => ({
    ...row,
    state: deploymentState.parse(row.state),
    serviceSlug: service.slug,
    serviceName: service.name,
    environmentSlug: environment.slug,
    environmentName: environment.name,
    version: artifact.version,
  }));
  return toPage(waiting, query.limit, (row) => row.createdAt);
}
