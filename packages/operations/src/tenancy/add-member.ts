import { FlowError } from '@flow/core/fault';
import { role } from '@flow/core/rights';
import { inTransaction } from '@flow/db/client';
import { findPersonByEmail } from '@flow/db/person';
import { insertMembership } from '@flow/db/tenancy';
import { z } from 'zod';
import { parseInput, recordChange, requireRight } from '../context/index.ts';
import type { OperationContext } from '../context/index.ts';
import { emailAddress } from '../session/index.ts';

export const addMemberInput = z.strictObject({ email: emailAddress, role });

/** Makes someone who has an account a member of the tenant. */
export async function addMember(ctx: OperationContext, input: z.input<typeof addMemberInput>): Promise<{ userId: string }> {
  requireRight(ctx, 'member:manage');
  const member = parseInput(addMemberInput, input);
  return inTransaction(ctx.db, async (tx) => {
    const person = await findPersonByEmail(tx, member.email);
    if (person === null) {
      throw new FlowError({
        code: 'invalid',
        message: 'Nobody has an account with this e-mail address: they log in once by single sign-on, or a platform admin makes an account',
        fields: [{ path: 'email', message: 'no such account' }],
      });
    }
    if (!(await insertMembership(tx, ctx.tenantId, { userId: person.id, role: member.role, createdAt: ctx.now }))) {
      throw new FlowError({
        code: 'conflict',
        message: `${person.name} is a member already: change the role instead`,
        fields: [{ path: 'email', message: 'already a member' }],
      });
    }
    await recordChange(ctx, tx, {
      action: 'member.add',
      subject: `user:${person.id}`,
      summary: `${person.name} became a member as ${member.role}`,
      after: { role: member.role },
      event: { type: 'membership.changed', topics: [], data: { userId: person.id } },
    });
    return { userId: person.id };
  });
}
