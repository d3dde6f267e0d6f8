import type { Voter } from '@flow/core/approval';
import { rightsOfRole } from '@flow/core/rights';
import type { VoteRow } from '@flow/db/approval';
import type { Tx } from '@flow/db/client';
import { findMembers } from '@flow/db/tenancy';

/** Of those who voted, who is a member now and still may vote: asked anew whenever votes are counted. */
export async function findVoters(reader: Tx, tenantId: string, request: { votes: readonly VoteRow[] }): Promise<Voter[]> {
  const members = await findMembers(
    reader,
    tenantId,
    request.votes.map((one) => one.userId),
  );
  return members.map((member) => ({
    userId: member.userId,
    mayVote: !member.isDisabled && rightsOfRole[member.role].includes('approval:vote'),
  }));
}
