import { createHash, timingSafeEqual } from 'node:crypto';
import { ApiError } from '../../store/api-error.ts';

/** What a token may do, in the words of RBAC. `*` stands for all. */
export interface AllowedRule {
  verbs: readonly string[];
  apiGroups: readonly string[];
  resources: readonly string[];
  namespaces?: readonly string[];
  /** Only objects of these names, as `resourceNames` of RBAC. */
  names?: readonly string[];
}

/** Who is calling. */
export interface Identity {
  name: string;
  rules: readonly AllowedRule[];
}

/** A bearer token and what it may do. */
export interface TokenGrant extends Identity {
  token: string;
  /** From then on it is not known. */
  expiresAt?: Date;
}

/** What is being asked for. */
export interface AccessQuestion {
  verb: string;
  group: string;
  /** `pods` or `pods/log`. */
  resource: string;
  namespace?: string;
  name?: string;
}

/** May do everything. */
export const ADMIN_RULES: readonly AllowedRule[] = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];

/** Finds the owner of a bearer token, comparing in constant time. Throws 401 when there is none, or none any more. */
export function identify(grants: readonly TokenGrant[], authorization: string | undefined, now: Date): Identity {
  const token = /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  const found = token === undefined ? undefined : grants.find((grant) => sameSecret(grant.token, token));
  if (found === undefined || (found.expiresAt !== undefined && found.expiresAt <= now))
    throw new ApiError(401, 'Unauthorized', { message: 'Unauthorized' });
  return found;
}

/** True when one of the rules allows it. */
export function isAllowed(identity: Identity, question: AccessQuestion): boolean {
  return identity.rules.some(
    (rule) =>
      includes(rule.verbs, question.verb) &&
      includes(rule.apiGroups, question.group) &&
      includes(rule.resources, question.resource) &&
      (rule.names === undefined || (question.name !== undefined && includes(rule.names, question.name))) &&
      (rule.namespaces === undefined || (question.namespace !== undefined && includes(rule.namespaces, question.namespace))),
  );
}

function includes(allowed: readonly string[], wanted: string): boolean {
  return allowed.includes('*') || allowed.includes(wanted);
}

function sameSecret(expected: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(expected), digest(given));
}
