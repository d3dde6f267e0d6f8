import { approvalAbilities, standingOf, whoCanHelp } from '@flow/core/approval';
import type { Electorate, Request, Standing } from '@flow/core/approval';
import { userIdOf } from '@flow/core/rights';
import { findApproval } from '@flow/db/approval';
import type { ApprovalRow } from '@flow/db/approval';
import { findNames } from '@flow/db/person';
import { loadRequest, loadRequests } from '@flow/operations/approval';
import { notFound } from '@flow/operations/context';
import type { z } from 'zod';
import type { TenantContext } from '../trpc/index.ts';
import type { approvalDetail, approvalItem } from './schemas.ts';

type Item = z.input<typeof approvalItem>;

/** Rows as this person sees them: names of people, how far each group is, and what they may do. */
export async function presentApprovals(ctx: TenantContext, rows: readonly ApprovalRow[]): Promise<Item[]> {
  const { now } = ctx.operation;
  const requests = await loadRequests(ctx.reader, ctx.tenant.id, { rows, now });
  const names = await findNames(
    ctx.reader,
    rows.flatMap((row) => [row.requestedBy, ...row.votes.map((one) => one.userId)]),
  );
  return rows.flatMap((row) => {
    const request = requests.get(row.id);
    return request === undefined ? [] : [present(ctx, row, { request, names })];
  });
}

interface Known {
  request: Request;
  names: ReadonlyMap<string, string>;
}

function present(ctx: TenantContext, row: ApprovalRow, { request, names }: Known): Item {
  const { demand, ballot, electorate } = request;
  const standing = standingOf(demand, ballot, electorate);
  const mine = ctx.operation.actor.kind === 'person' ? (userIdOf(ctx.operation.actor) ?? '') : '';
  const whyNot = new Map(standing.ignored.map(({ userId, why }) => [userId, why]));
  return {
    ...row,
    approvedCount: standing.approvedCount,
    missingCount: standing.missingCount,
    policies: policiesOf(standing, electorate),
    requestedByName: names.get(row.requestedBy ?? '') ?? null,
    votes: row.votes.map((one) => ({ ...one, userName: names.get(one.userId) ?? '', whyNot: whyNot.get(one.userId) ?? '' })),
    abilities: approvalAbilities(request, mine, ctx.operation.now),
  };
}

function policiesOf({ policies }: Standing, { people }: Electorate): Item['policies'] {
  const nameOf = (userId: string): string => people.find((person) => person.userId === userId)?.name ?? 'someone who has left';
  return policies.map((policy) => ({
    ...policy,
    groups: policy.groups.map(({ given, ...group }) => ({
      ...group,
      given: given.map(({ userId, seat }) => ({ name: nameOf(userId), forName: seat === userId ? '' : nameOf(seat) })),
    })),
  }));
}

/** One request with everyone who can still help, by name. */
export async function presentApproval(ctx: TenantContext, approvalId: string): Promise<z.input<typeof approvalDetail>> {
  const row = await findApproval(ctx.reader, ctx.tenant.id, approvalId);
  const [item] = row === null ? [] : await presentApprovals(ctx, [row]);
  if (row === null || item === undefined) throw notFound('approval');
  const { now } = ctx.operation;
  const request = await loadRequest(ctx.reader, ctx.tenant.id, { row, now });
  return { ...item, canHelp: whoCanHelp(request, now).map((person) => person.name) };
}
