import { findService, listEnvironments, listRunningVersions } from '@flow/db/catalog';
import { listDrift, listDriftScans } from '@flow/db/drift';
import { notFound } from '@flow/operations/context';
import type { z } from 'zod';
import type { TenantContext } from '../trpc/index.ts';
import type { driftPlace } from './schemas.ts';

/** Every place in which a service runs, in the order of the promotion path, with what differs there from what was deployed. */
export async function loadPlaces({ reader, tenant }: TenantContext, serviceId: string): Promise<z.input<typeof driftPlace>[]> {
  if ((await findService(reader, tenant.id, serviceId)) === null) throw notFound('service');
  const [environments, running, drift, scans] = await Promise.all([
    listEnvironments(reader, tenant.id),
    listRunningVersions(reader, tenant.id, [serviceId]),
    listDrift(reader, tenant.id, { serviceId }),
    listDriftScans(reader, tenant.id, serviceId),
  ]);
  return environments.flatMap((environment) =>
    running
      .filter((one) => one.environmentId === environment.id)
      .map(({ targetId, region, version }) => {
        const scan = scans.find((one) => one.targetId === targetId);
        const { askedAt = null, triedAt = null } = scan ?? {};
        return {
          targetId,
          environmentId: environment.id,
          environmentName: environment.name,
          region,
          version,
          comparedAt: scan?.comparedAt ?? null,
          isAwaited: askedAt !== null && (triedAt === null || askedAt > triedAt),
          trouble: scan?.trouble ?? '',
          reapply: scan?.reapply ?? null,
          differences: drift
            .filter((one) => one.targetId === targetId)
            .map((one) => ({ ...one, wanted: shown(one.wanted), found: shown(one.found), adoption: adoptionOf(one) })),
        };
      }),
  );
}

function adoptionOf(row: { adoptedByName: string | null; adoptedAt: Date | null; adoptReason: string | null }) {
  const { adoptedByName, adoptedAt, adoptReason } = row;
  return adoptedAt === null ? null : { byName: adoptedByName ?? '', at: adoptedAt, reason: adoptReason ?? '' };
}

/** A value as people read it: a text as it is, anything else as JSON on lines. */
function shown(text: string | null): string | null {
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
