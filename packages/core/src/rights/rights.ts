import { z } from 'zod';

/**
 * What a person is in one tenant.
 * - `admin`: runs the tenant: members, services, environments, and everything below.
 * - `releaseManager`: decides about releases: votes, promotes, aborts, rolls back.
 * - `developer`: builds and deploys their services and looks after the canaries.
 * - `viewer`: reads.
 */
export const role = z.enum(['admin', 'releaseManager', 'developer', 'viewer']);
export type Role = z.infer<typeof role>;

/** What can be allowed, as `resource:action`. A right is always a right in one tenant. */
export const right = z.enum([
  'tenant:read',
  'member:read',
  'member:manage',
  'service:read',
  'service:create',
  'service:edit',
  'environment:read',
  'environment:manage',
  'run:read',
  'run:start',
  'run:cancel',
  'artifact:read',
  'artifact:quarantine',
  'artifact:release',
  'deployment:read',
  'deployment:ask',
  'deployment:cancel',
  'deployment:act',
  'deployment:rollback',
  'deployment:pin',
  'approval:read',
  'approval:vote',
  'cluster:read',
  'audit:read',
  'webhook:manage',
  'token:create',
  'policy:read',
  'policy:manage',
  'incident:manage',
  'exemption:ask',
  'exemption:grant',
  'evidence:report',
]);
export type Right = z.infer<typeof right>;

/** What everyone in a tenant may look at. */
export const reading: readonly Right[] = [
  'tenant:read',
  'member:read',
  'service:read',
  'environment:read',
  'run:read',
  'artifact:read',
  'deployment:read',
  'approval:read',
  'cluster:read',
  'policy:read',
];

const delivering: readonly Right[] = [
  ...reading,
  'run:start',
  'run:cancel',
  'deployment:ask',
  'deployment:cancel',
  'deployment:act',
  'deployment:rollback',
  'deployment:pin',
  'artifact:quarantine',
  'token:create',
  'incident:manage',
  'exemption:ask',
  'evidence:report',
];

/** What each role may do: the one table that procedures, operations and buttons read. */
export const rightsOfRole: Readonly<Record<Role, readonly Right[]>> = {
  viewer: reading,
  developer: delivering,
  releaseManager: [...delivering, 'approval:vote', 'service:edit', 'audit:read', 'exemption:grant', 'artifact:release'],
  admin: [...right.options],
};

/**
 * What platform engineers may do in a tenant that they are no member of: look, and put members right.
 * They neither deploy nor vote there, so that nobody decides about a release only because they run the machine.
 */
export const rightsOfPlatformAdmin: readonly Right[] = [...reading, 'audit:read', 'member:manage', 'environment:manage'];

/** What each role is for, in one sentence, as people read it. */
export const roleSentences: Readonly<Record<Role, string>> = {
  admin: 'Runs the tenant: members, services, environments, and everything that the others may do',
  releaseManager: 'Decides about releases: approves, promotes, aborts, rolls back and gives exemptions',
  developer: 'Starts runs, deploys, and looks after canaries',
  viewer: 'Reads everything of the tenant except the audit log',
};
