import { approversOf } from '@flow/core/approval';
import { account, casesBehind, keepLedger, ledgerNumber } from '@flow/core/ledger';
import type { ApproverTeam, LedgerCase, LedgerEntry, LedgerRecord } from '@flow/core/ledger';
import { findEnvironmentNames, findServiceNames } from '@flow/db/catalog';
import type { Tx } from '@flow/db/client';
import { ledgerRowsMax, listAskings, listStarts, listStatements } from '@flow/db/ledger';
import { findPolicyTitles } from '@flow/db/policy';
import { listGroups } from '@flow/db/tenancy';
import { z } from 'zod';
import { parseInput, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { loadAllPolicies } from '../verdict/index.ts';
import { ownTitle } from './own-title.ts';

export const readLedgerInput = z.strictObject({
  /** How far back. */
  days: z.number().int().min(1).max(366).default(90),
});
export const readCasesInput = readLedgerInput.extend({ account, id: z.string().min(1).max(64), number: ledgerNumber });

/** One account with what it is called. */
export interface NamedEntry extends LedgerEntry {
  title: string;
}

export interface Ledger {
  since: Date;
  /** Everything since then was looked at; false when there is so much that only the newest was. */
  isWhole: boolean;
  entries: NamedEntry[];
}

/** A deployment behind a number, with the names of its places. */
export interface NamedCase extends LedgerCase {
  serviceName: string;
  environmentName: string;
}

const casesMax = 50;

/** What each policy, each rule of Flow's own and each group of approvers has cost and saved. */
export async function readLedger(ctx: OperationContext, input: z.input<typeof readLedgerInput>): Promise<Ledger> {
  requireRight(ctx, 'policy:read');
  const { days } = parseInput(readLedgerInput, input);
  const { record, since, groupNames } = await load(ctx, days);
  const entries = keepLedger(record);
  const titles = await findPolicyTitles(
    ctx.db.prisma,
    ctx.tenantId,
    entries.map(({ id }) => id),
  );
  const titleOf = ({ account: kind, id }: LedgerEntry): string => {
    if (kind === 'group') return groupNames.get(id) ?? 'a group that is gone';
    return kind === 'builtIn' ? ownTitle(id) : (titles.get(id) ?? 'a policy that is gone');
  };
  return { since, isWhole: isWhole(record), entries: entries.map((entry) => ({ ...entry, title: titleOf(entry) })) };
}

/** The deployments behind one number of one account, those that weigh most first. */
export async function readCases(
  ctx: OperationContext,
  input: z.input<typeof readCasesInput>,
): Promise<{ total: number; cases: NamedCase[] }> {
  requireRight(ctx, 'policy:read');
  const { days, ...wanted } = parseInput(readCasesInput, input);
  const { record } = await load(ctx, days);
  const { total, cases } = casesBehind(record, wanted, casesMax);
  const services = await findServiceNames(
    ctx.db.prisma,
    ctx.tenantId,
    cases.map(({ serviceId }) => serviceId),
  );
  const environments = await findEnvironmentNames(ctx.db.prisma, ctx.tenantId);
  return {
    total,
    cases: cases.map((one) => ({
      ...one,
      serviceName: services.get(one.serviceId) ?? 'a service that is gone',
      environmentName: environments.get(one.environmentId)?.name ?? 'an environment that is gone',
    })),
  };
}

async function load(
  ctx: OperationContext,
  days: number,
): Promise<{ record: LedgerRecord; since: Date; groupNames: ReadonlyMap<string, string> }> {
  const reader = ctx.db.prisma;
  const since = new Date(ctx.now.getTime() - days * 24 * 60 * 60 * 1_000);
  const [statements, starts, askings, { teams, groupNames }] = await Promise.all([
    listStatements(reader, ctx.tenantId, since),
    listStarts(reader, ctx.tenantId, since),
    listAskings(reader, ctx.tenantId, since),
    loadTeams(reader, ctx.tenantId),
  ]);
  return { record: { statements, starts, askings, teams, now: ctx.now }, since, groupNames };
}

function isWhole({ statements, starts, askings }: LedgerRecord): boolean {
  return [statements, starts, askings].every(({ length }) => length < ledgerRowsMax);
}

/** The groups of the tenant with the policies that name them now. */
async function loadTeams(reader: Tx, tenantId: string): Promise<{ teams: ApproverTeam[]; groupNames: ReadonlyMap<string, string> }> {
  const groups = await listGroups(reader, tenantId);
  const { approvals } = await loadAllPolicies(reader, tenantId);
  const teams = groups.map(({ id, members }) => ({
    id,
    memberIds: members.map(({ userId }) => userId),
    policyIds: approvals
      .filter((policy) => approversOf(policy).some((one) => one.kind === 'group' && one.groupId === id))
      .map((policy) => policy.id),
  }));
  return { teams: teams.filter(({ policyIds }) => policyIds.length > 0), groupNames: new Map(groups.map(({ id, name }) => [id, name])) };
}
