import { enforcement } from '@flow/core/rule';
import type { Enforcement } from '@flow/core/rule';
import { z } from 'zod';
import { platformTenantId } from '../audit/index.ts';
import type { Tx } from '../client/index.ts';
import { createdBefore, toPage } from '../paging/index.ts';
import type { Page, PageQuery } from '../paging/index.ts';

/** What can be put in force: each is a document that its part of the domain defines. */
export const policyKind = z.enum(['rule', 'freeze', 'guardrail', 'gate', 'approval', 'promotion']);
export type PolicyKind = z.infer<typeof policyKind>;

/** A policy with the document of its newest revision, still to be parsed by its kind. */
export interface PolicyRow {
  id: string;
  kind: PolicyKind;
  title: string;
  enforcement: Enforcement;
  revision: number;
  document: unknown;
  /** Put in force by the platform, for everyone. */
  isPlatform: boolean;
  createdAt: Date;
  updatedAt: Date;
  archivedAt: Date | null;
}

const policySelect = {
  tenantId: true,
  id: true,
  kind: true,
  title: true,
  enforcement: true,
  revision: true,
  document: true,
  createdAt: true,
  updatedAt: true,
  archivedAt: true,
} as const;

type Stored = Omit<PolicyRow, 'kind' | 'enforcement' | 'isPlatform'> & { tenantId: string; kind: string; enforcement: string };

function toPolicy({ tenantId, ...row }: Stored): PolicyRow {
  return {
    ...row,
    kind: policyKind.parse(row.kind),
    enforcement: enforcement.parse(row.enforcement),
    isPlatform: tenantId === platformTenantId,
  };
}

/** Policies of the tenant and those of the platform, newest first. */
export async function listPolicies(
  reader: Tx,
  tenantId: string,
  query: PageQuery & { kind: PolicyKind; isArchived: boolean },
): Promise<Page<PolicyRow>> {
  const rows = await reader.policy.findMany({
    where: {
      tenantId: { in: [tenantId, platformTenantId] },
      kind: query.kind,
      archivedAt: query.isArchived ? { not: null } : null,
      ...createdBefore(query.cursor),
    },
    select: policySelect,
    orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    take: query.limit + 1,
  });
  return toPage(rows.map(toPolicy), query.limit, (row) => row.createdAt);
}

/** Everything in force for the tenant, its own and the platform's, that is not switched off. Bounded: a tenant with more is told when it saves. */
export async function listPoliciesInForce(reader: Tx, tenantId: string): Promise<PolicyRow[]> {
  const rows = await reader.policy.findMany({
    where: { tenantId: { in: [tenantId, platformTenantId] }, archivedAt: null, enforcement: { not: 'off' } },
    select: policySelect,
    orderBy: [{ tenantId: 'asc' }, { id: 'asc' }],
    take: policiesMax * 2,
  });
  return rows.map(toPolicy);
}

/** The promotion rules of the tenant that are not switched off. */
export async function listPromotionRules(reader: Tx, tenantId: string): Promise<PolicyRow[]> {
  const rows = await reader.policy.findMany({
    where: { tenantId, kind: 'promotion', archivedAt: null, enforcement: { not: 'off' } },
    select: policySelect,
    orderBy: { id: 'asc' },
    take: policiesMax,
  });
  return rows.map(toPolicy);
}

/** Everything that there is for the tenant, its own and the platform's, also what is switched off; what is archived is left out. */
export async function listUnarchivedPolicies(reader: Tx, tenantId: string): Promise<PolicyRow[]> {
  const rows = await reader.policy.findMany({
    where: { tenantId: { in: [tenantId, platformTenantId] }, archivedAt: null },
    select: policySelect,
    orderBy: [{ tenantId: 'asc' }, { id: 'asc' }],
    take: policiesMax * 2,
  });
  return rows.map(toPolicy);
}

/** Policies that one tenant may have at once. */
export const policiesMax = 1_000;

/** How many policies of its own the tenant has that are not archived. */
export function countPolicies(reader: Tx, tenantId: string): Promise<number> {
  return reader.policy.count({ where: { tenantId, archivedAt: null } });
}

/** One policy of the tenant or of the platform, or null. */
export async function findPolicy(reader: Tx, tenantId: string, id: string): Promise<PolicyRow | null> {
  const rows = await reader.policy.findMany({
    where: { tenantId: { in: [tenantId, platformTenantId] }, id },
    select: policySelect,
    take: 1,
  });
  return rows[0] === undefined ? null : toPolicy(rows[0]);
}

/** Titles of policies of the tenant and of the platform by id, archived ones too. */
export async function findPolicyTitles(reader: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await reader.policy.findMany({
    where: { tenantId: { in: [tenantId, platformTenantId] }, id: { in: [...ids] } },
    select: { id: true, title: true },
  });
  return new Map(rows.map(({ id, title }) => [id, title]));
}

export interface RevisionRow {
  revision: number;
  document: unknown;
  changedByName: string;
  changedAt: Date;
  note: string;
}

/** What a policy said over time, newest first. */
export function listRevisions(reader: Tx, tenantId: string, policyId: string): Promise<RevisionRow[]> {
  return reader.policyRevision.findMany({
    where: { tenantId: { in: [tenantId, platformTenantId] }, policyId },
    select: { revision: true, document: true, changedByName: true, changedAt: true, note: true },
    orderBy: { revision: 'desc' },
    take: 200,
  });
}
