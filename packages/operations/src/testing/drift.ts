import type { Database } from '@flow/db/client';
import { testId, worldNow } from './world.ts';
import type { TestTenant } from './world.ts';

/** Two differences in development: one that counts, and one that somebody has adopted. */
export async function addDrift(
  db: Database,
  tenantId: string,
  of: Pick<TestTenant, 'serviceId' | 'developmentId' | 'succeededId'>,
): Promise<Pick<TestTenant, 'driftId' | 'adoptedDriftId'>> {
  const [driftId, adoptedDriftId] = [testId('drift'), testId('drift')];
  const { serviceId, developmentId: environmentId, succeededId: deploymentId } = of;
  const place = { tenantId, serviceId, environmentId, targetId: `${environmentId}-eu`, region: 'eu-west', deploymentId };
  const field = (id: string, path: string) => ({
    ...place,
    id,
    object: 'Rollout/checkout',
    path,
    wanted: '2',
    found: '5',
    fingerprint: `values of ${path}`,
    openKey: id,
    changedBy: 'kubectl-scale',
    changedAt: worldNow,
    foundAt: worldNow,
  });
  const adoption = { adoptedBy: 'user:someone', adoptedByName: 'Someone', adoptedAt: worldNow, adoptReason: 'For the sale' };
  await db.prisma.drift.create({ data: field(driftId, 'spec.replicas') });
  await db.prisma.drift.create({ data: { ...field(adoptedDriftId, 'spec.revisionHistoryLimit'), ...adoption } });
  return { driftId, adoptedDriftId };
}
