import { circleOf } from '@flow/core/approval';
import { FlowError } from '@flow/core/fault';
import { can } from '@flow/core/rights';
import { endStandIn as saveEnd, findStandIn, findStandInsSince, insertStandIn, lockStandIns } from '@flow/db/approval';
import { inTransaction } from '@flow/db/client';
import type { Tx } from '@flow/db/client';
import { findMembers } from '@flow/db/tenancy';
import type { MemberRow } from '@flow/db/tenancy';
import { z } from 'zod';
import { notFound, parseInput, recordChange, requirePerson, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';

const id = z.string().min(1).max(64);

/** The longest that one naming lasts, in days. */
const daysMax = 92;

export const nameStandInInput = z.strictObject({
  /** Who is away; oneself unless a tenant admin does it for somebody. */
  userId: id.optional(),
  standInId: id,
  startsAt: z.coerce.date(),
  endsAt: z.coerce.date(),
  reason: z.string().trim().max(200).default(''),
});

/**
 * Names who votes in a person's place for a time. Refused when it would close a circle, in which everyone relies on another and nobody is there. Chains
 * are followed: whoever stands in may name somebody too.
 */
export async function nameStandIn(ctx: OperationContext, input: z.input<typeof nameStandInInput>): Promise<{ standInId: string }> {
  requireRight(ctx, 'approval:read');
  const person = requirePerson(ctx);
  const { userId = person.userId, standInId, startsAt, endsAt, reason } = parseInput(nameStandInInput, input);
  if (userId !== person.userId) requireRight(ctx, 'member:manage');
  refuseTimes(ctx, { startsAt, endsAt });
  return inTransaction(ctx.db, async (tx) => {
    await lockStandIns(tx, ctx.tenantId);
    const { away, there } = await findBoth(ctx, tx, { userId, standInId });
    await refuseCircle(ctx, tx, { userId, standInId, startsAt, endsAt });
    const row = { id: ctx.newId(), userId, standInId, startsAt, endsAt, reason, createdAt: ctx.now };
    await insertStandIn(tx, ctx.tenantId, row);
    await recordChange(ctx, tx, {
      action: 'approval.nameStandIn',
      subject: `user:${userId}`,
      summary: `${there.name} votes in the place of ${away.name} from ${startsAt.toISOString()} to ${endsAt.toISOString()}${reason === '' ? '' : `: ${reason}`}`,
      after: { standInId: row.id, userId, by: standInId },
      event: { type: 'membership.changed', topics: [], data: { standInId: row.id } },
    });
    return { standInId: row.id };
  });
}

function refuseTimes(ctx: OperationContext, { startsAt, endsAt }: { startsAt: Date; endsAt: Date }): void {
  const problem =
    endsAt <= startsAt || endsAt <= ctx.now
      ? 'the end must come after the beginning and after now'
      : endsAt.getTime() - startsAt.getTime() > daysMax * 86_400_000
        ? `at most ${daysMax} days at a time`
        : '';
  if (problem !== '')
    throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields: [{ path: 'endsAt', message: problem }] });
}

async function findBoth(
  ctx: OperationContext,
  tx: Tx,
  { userId, standInId }: { userId: string; standInId: string },
): Promise<{ away: MemberRow; there: MemberRow }> {
  const members = await findMembers(tx, ctx.tenantId, [userId, standInId]);
  const away = members.find((member) => member.userId === userId);
  const there = members.find((member) => member.userId === standInId);
  if (away === undefined) throw new FlowError({ code: 'forbidden', message: 'Only a member of the tenant has someone stand in for them' });
  const problem =
    there?.isDisabled !== false ? 'choose a member of the tenant who can log in' : userId === standInId ? 'choose somebody else' : '';
  if (there === undefined || problem !== '')
    throw new FlowError({ code: 'invalid', message: 'Some fields need another look', fields: [{ path: 'standInId', message: problem }] });
  return { away, there };
}

async function refuseCircle(ctx: OperationContext, tx: Tx, wanted: Parameters<typeof circleOf>[0]): Promise<void> {
  const circle = circleOf(wanted, await findStandInsSince(tx, ctx.tenantId, ctx.now));
  if (circle === null) return;
  const names = await findMembers(tx, ctx.tenantId, circle);
  const path = circle.map((userId) => names.find((member) => member.userId === userId)?.name ?? 'somebody').join(', then ');
  throw new FlowError({
    code: 'precondition',
    message: `That would go round in a circle in this time: ${path}. Nobody would be there: choose somebody else`,
  });
}

export const endStandInInput = z.strictObject({ standInId: id });

/** Takes a naming back early: by whoever is away, or by a tenant admin. Votes that were given before it stand. */
export async function endStandIn(ctx: OperationContext, input: z.input<typeof endStandInInput>): Promise<void> {
  requireRight(ctx, 'approval:read');
  const { userId } = requirePerson(ctx);
  const { standInId } = parseInput(endStandInInput, input);
  await inTransaction(ctx.db, async (tx) => {
    const row = await findStandIn(tx, ctx.tenantId, standInId);
    const isTheirs = row !== null && (row.userId === userId || can(ctx.actor, 'member:manage', ctx.tenantId));
    if (!isTheirs || !(await saveEnd(tx, ctx.tenantId, { id: standInId, endedAt: ctx.now }))) throw notFound('stand-in');
    await recordChange(ctx, tx, {
      action: 'approval.endStandIn',
      subject: `user:${row.userId}`,
      summary: 'The stand-in was taken back',
      after: { standInId },
      event: { type: 'membership.changed', topics: [], data: { standInId } },
    });
  });
}
