import type { Database } from '@flow/db/client';
import { testId, worldNow } from './world.ts';
import type { TestTenant } from './world.ts';

/** Adds an outside service that no gate names, with a question about a deployment that it did not answer. */
export async function addExternalCheck(
  db: Database,
  tenantId: string,
  deploymentId: string,
): Promise<Pick<TestTenant, 'externalId' | 'questionId'>> {
  const [externalId, questionId] = [testId('external'), testId('question')];
  const limits = { timeoutSeconds: 30, retriesMax: 3, answerWithinMinutes: 1_440 };
  const check = { name: 'Change board', url: 'https://board.test/check', sealedSecret: 'sealed', ...limits };
  await db.prisma.externalCheck.create({ data: { tenantId, id: externalId, ...check, createdAt: worldNow, createdByName: 'Somebody' } });
  const about = { externalId, deploymentId, digest: `sha256:${'b'.repeat(64)}`, configurationHash: `hash-${deploymentId}` };
  const said = { state: 'silent', attempts: 4, said: 'did not answer in 30 s', askedAt: worldNow, askedByName: 'Flow' };
  const standsFor = `${externalId}/${deploymentId}/hash-${deploymentId}`;
  await db.prisma.externalQuestion.create({ data: { tenantId, checkTenantId: tenantId, id: questionId, ...about, ...said, standsFor } });
  return { externalId, questionId };
}
