import type { Database } from '@flow/db/client';
import { testId, testStrategy, worldNow } from './world.ts';
import type { TestTenant } from './world.ts';

const minutesAgo = (minutes: number): Date => new Date(worldNow.getTime() - minutes * 60_000);

/** What people have said no to: a digest in quarantine, and a service pinned in an environment that is archived, so that no list of environments shows it. */
export async function addHeld(
  db: Database,
  tenantId: string,
  serviceId: string,
): Promise<Pick<TestTenant, 'quarantinedArtifactId' | 'pinnedId'>> {
  const [quarantinedArtifactId, pinnedId] = [testId('artifact'), testId('pinned')];
  const digest = `sha256:${'f'.repeat(64)}`;
  const commit = { commitSha: 'f'.repeat(40), repository: 'registry.test/checkout', chartVersion: '1.0.0', createdAt: minutesAgo(600) };
  await db.prisma.artifact.create({ data: { tenantId, id: quarantinedArtifactId, serviceId, version: '0.9.0', digest, ...commit } });
  const placed = { placedBy: 'user:someone', placedByName: 'Someone', placedAt: minutesAgo(60) };
  await db.prisma.quarantine.create({ data: { tenantId, id: testId('quarantine'), digest, openDigest: digest, reason: 'Bad', ...placed } });
  const environment = {
    slug: 'kept',
    name: 'Kept',
    kind: 'staging',
    position: 9,
    waves: [['eu-west']],
    strategy: testStrategy,
    createdAt: worldNow,
  };
  await db.prisma.environment.create({ data: { tenantId, id: pinnedId, ...environment, archivedAt: minutesAgo(50) } });
  const pin = { kind: 'pin', artifactId: null, version: '0.8.0', reason: 'A demo', ...placed };
  const openPlace = `${serviceId}/${pinnedId}`;
  await db.prisma.pin.create({ data: { tenantId, id: testId('pin'), serviceId, environmentId: pinnedId, openPlace, ...pin } });
  return { quarantinedArtifactId, pinnedId };
}
