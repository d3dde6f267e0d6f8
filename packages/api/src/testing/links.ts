import { writeLink } from '@flow/operations/notification';
import { createSealer } from '@flow/operations/secret';
import { worldNow } from '@flow/operations/testing';
import type { TestPerson, TestTenant } from '@flow/operations/testing';

/** The key under which the services of tests seal. */
export const testKey = 'test-key-test-key-test-key-test-key-test-key';

/** The link of a message that asks a person to approve what waits. */
export function linkTo(person: TestPerson, tenant: TestTenant): string {
  const link = { linkId: 'link1', approvalId: tenant.approvalId, userId: person.id, hash: `hash-${tenant.waitingId}` };
  const expiresAt = worldNow.getTime() + 3_600_000;
  return writeLink(createSealer(testKey), tenant.id, { ...link, answer: 'approve', expiresAt });
}
