import type { Right, Role } from '@flow/core/rights';

/** A role as people call it. */
export const roleName = {
  admin: 'Admin',
  releaseManager: 'Release manager',
  developer: 'Developer',
  viewer: 'Viewer',
} as const satisfies Record<Role, string>;

/** The roles to choose from, the smallest first: nobody becomes an admin by a slip. */
export const roleOptions: readonly { value: Role; label: string }[] = (['viewer', 'developer', 'releaseManager', 'admin'] as const).map(
  (value) => ({
    value,
    label: roleName[value],
  }),
);

/** A right as a person would say it. */
export const rightText = {
  'tenant:read': 'See the tenant',
  'member:read': 'See members and roles',
  'member:manage': 'Add and remove members, and change their roles',
  'service:read': 'See services and what runs of them',
  'service:create': 'Create services',
  'service:edit': 'Change services: repository, chart and values',
  'environment:read': 'See environments',
  'environment:manage': 'Create environments',
  'run:read': 'See runs and their logs',
  'run:start': 'Start runs, and retry them',
  'run:cancel': 'Cancel runs',
  'artifact:read': 'See artifacts',
  'artifact:quarantine': 'Put an artifact into quarantine, so that nothing deploys it',
  'artifact:release': 'Release an artifact from quarantine',
  'deployment:read': 'See deployments, canaries and what would change',
  'deployment:ask': 'Ask for deployments',
  'deployment:cancel': 'Cancel deployments that have touched nothing yet',
  'deployment:act': 'Act on canaries: promote, skip, pause, resume, abort, retry',
  'deployment:rollback': 'Roll deployments back',
  'deployment:pin': 'Keep a service at a version, so that automation waits, and let it go on',
  'approval:read': 'See approvals',
  'approval:vote': 'Approve and reject',
  'cluster:read': 'See clusters and their health',
  'audit:read': 'Read the audit log',
  'webhook:manage': 'Manage webhooks of repositories',
  'token:create': 'Make access tokens for programs of their own',
  'policy:read': 'See rules, freezes, guardrails and gates',
  'policy:manage': 'Make and change rules, freezes, guardrails and gates',
  'incident:manage': 'Open and close incidents',
  'evidence:report': 'Report evidence that gates look at, tick checklists',
  'exemption:ask': 'Ask for exemptions from rules, freezes, guardrails and gates',
  'exemption:grant': 'Give exemptions, take them in an emergency, close their reviews',
} as const satisfies Record<Right, string>;
