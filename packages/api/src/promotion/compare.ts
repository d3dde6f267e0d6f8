import { compareService } from '@flow/core/promotion';
import type { ConfiguredIn } from '@flow/core/promotion';
import { listConfigured, listServicesIn } from '@flow/db/promotion';
import type { z } from 'zod';
import type { TenantContext } from '../trpc/index.ts';
import type { comparedService } from './schemas.ts';

/** Services that are compared at once, and how often at most for one page: of a large tenant whose environments are alike, a page may come short. */
const batchSize = 100;
const batchesMax = 10;

interface Compared {
  leftId: string;
  rightId: string;
  search: string;
  showSame: boolean;
  cursor?: string | undefined;
  limit: number;
}

type ComparedService = z.input<typeof comparedService>;

/** A page of the services that are not the same in two environments; with `showSame` of all that run in one of them. */
export async function compareEnvironments(
  { reader, tenant }: TenantContext,
  query: Compared,
): Promise<{ items: ComparedService[]; nextCursor: string | null }> {
  const { leftId, rightId, search, showSame, limit } = query;
  const environmentIds = [leftId, rightId];
  const found: ComparedService[] = [];
  let cursor = query.cursor ?? '';
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const services = await listServicesIn(reader, tenant.id, { environmentIds, search, cursor, limit: batchSize });
    const configured = await listConfigured(reader, tenant.id, { serviceIds: services.map(({ id }) => id), environmentIds });
    for (const service of services) {
      const own = configured.filter((one) => one.serviceId === service.id);
      const left = own.filter((one) => one.environmentId === leftId);
      const right = own.filter((one) => one.environmentId === rightId);
      const difference = compareService(left, right);
      cursor = service.slug;
      if (difference === null && !showSame) continue;
      found.push({ ...service, left: versionsOf(left), right: versionsOf(right), difference });
      if (found.length === limit) return { items: found, nextCursor: cursor };
    }
    if (services.length < batchSize) return { items: found, nextCursor: null };
  }
  return { items: found, nextCursor: cursor };
}

function versionsOf(side: readonly ConfiguredIn[]): ComparedService['left'] {
  const versions = new Map<string, ComparedService['left'][number]>();
  for (const { artifactId, version, deploymentId, region } of side) {
    const known = versions.get(artifactId);
    versions.set(artifactId, { artifactId, version, deploymentId, regions: [...(known?.regions ?? []), region] });
  }
  return [...versions.values()];
}
