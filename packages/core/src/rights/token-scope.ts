import { z } from 'zod';
import { reading, rightsOfRole } from './rights.ts';
import type { Right, Role } from './rights.ts';

/** What an access token is for. Voting, members and other secrets are for people alone: no scope holds them. */
export const tokenScope = z.enum(['read', 'runs', 'deployments', 'services', 'evidence']);
export type TokenScope = z.infer<typeof tokenScope>;

const rightsOfScope: Readonly<Record<TokenScope, readonly Right[]>> = {
  read: reading,
  runs: [...reading, 'run:start', 'run:cancel'],
  deployments: [...reading, 'deployment:ask', 'deployment:cancel', 'deployment:act', 'deployment:rollback'],
  services: [...reading, 'service:create', 'service:edit'],
  evidence: [...reading, 'evidence:report'],
};

/** What each scope lets a program do, as people read it. */
export const scopeSentences: Readonly<Record<TokenScope, string>> = {
  read: 'Look at everything of the tenant except the audit log',
  runs: 'Start and cancel runs',
  deployments: 'Ask for deployments, act on canaries, roll back',
  services: 'Add and edit services',
  evidence: 'Report tests, coverage, scans and attestations of artifacts',
};

/** What a token may do now: what its scopes name, as far as its owner's role still allows it. */
export function rightsOfToken(scopes: readonly TokenScope[], ownerRole: Role): Right[] {
  const ofOwner = rightsOfRole[ownerRole];
  return [...new Set(scopes.flatMap((scope) => rightsOfScope[scope]))].filter((one) => ofOwner.includes(one));
}
