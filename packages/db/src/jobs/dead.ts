import { z } from 'zod';
import type { Tx } from '../client/index.ts';
import { decodePlace, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';
import { jobKinds } from './wake.ts';

const kind = z.enum(jobKinds);

/** A job that failed too often and is not tried again by itself. */
export interface DeadJob {
  /** `<kind>/<key>` */
  id: string;
  kind: (typeof jobKinds)[number];
  /** What it is for: the id of the deployment, the run, the cluster, … */
  key: string;
  /** Whose it is; null for what concerns the installation. */
  tenant: { slug: string; name: string } | null;
  attempts: number;
  lastError: string;
  deadAt: Date;
}

/** The jobs of all tenants that were set aside, the newest first. */
export async function listDeadJobs(reader: Tx, { cursor, limit }: PageQuery): Promise<Page<DeadJob>> {
  const place = cursor === undefined ? null : decodePlace(cursor);
  const rows = await reader.job.findMany({
    where: place === null ? { deadAt: { not: null } } : { OR: [{ deadAt: { lt: place.at } }, { deadAt: place.at, ...afterKey(place.id) }] },
    orderBy: [{ deadAt: 'desc' }, { kind: 'asc' }, { key: 'asc' }],
    take: limit + 1,
  });
  const tenants = await reader.tenant.findMany({
    where: { id: { in: rows.flatMap(({ tenantId }) => tenantId ?? []) } },
    select: { id: true, slug: true, name: true },
  });
  const found = rows.flatMap((row): DeadJob[] => {
    const { deadAt, key, attempts } = row;
    if (deadAt === null) return [];
    const tenant = tenants.find(({ id }) => id === row.tenantId);
    return [
      {
        id: `${row.kind}/${key}`,
        kind: kind.parse(row.kind),
        key,
        tenant: tenant === undefined ? null : { slug: tenant.slug, name: tenant.name },
        attempts,
        lastError: row.lastError ?? '',
        deadAt,
      },
    ];
  });
  return toPage(found, limit, ({ deadAt }) => deadAt);
}

/** What comes after this job among those that were set aside in the same moment. */
function afterKey(id: string) {
  const [after = '', ...key] = id.split('/');
  return { OR: [{ kind: { gt: after } }, { kind: after, key: { gt: key.join('/') } }] };
}

/** Whether this job was set aside. Null when there is none. */
export async function findDeadJob(reader: Tx, job: { kind: DeadJob['kind']; key: string }): Promise<{ tenantId: string | null } | null> {
  return reader.job.findFirst({ where: { ...job, deadAt: { not: null } }, select: { tenantId: true } });
}
