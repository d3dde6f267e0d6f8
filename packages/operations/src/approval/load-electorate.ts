import { approversOf } from '@flow/core/approval';
import type { ApprovalPolicy, Ballot, Electorate } from '@flow/core/approval';
import { rightsOfRole, role } from '@flow/core/rights';
import { findElectors, findOwnerIds, findStandInsSince } from '@flow/db/approval';
import type { Tx } from '@flow/db/client';

/** Whom to look for. */
export interface Sought {
  /** The approval policies that are in force; none are needed where nobody but the voters matters. */
  policies: readonly ApprovalPolicy[];
  ballots: readonly Ballot[];
  now: Date;
  /** Everyone who could vote is looked for, and not only those who have. */
  isWhole: boolean;
}

const votersByRole = role.options.filter((one) => rightsOfRole[one].includes('approval:vote'));

/** The people of a request or of a page of them: those who voted, their stand-ins, and those whom the policies can name. Code owners are another question. */
export async function loadElectorate(reader: Tx, tenantId: string, sought: Sought): Promise<Electorate> {
  const { policies, ballots, now, isWhole } = sought;
  const votes = ballots.flatMap((ballot) => ballot.votes);
  const since = new Date(Math.min(now.getTime(), ...votes.map((vote) => vote.givenAt.getTime())));
  const standIns = await findStandInsSince(reader, tenantId, since);
  const named = policies.flatMap(approversOf);
  const people = await findElectors(reader, tenantId, {
    userIds: [
      ...new Set([
        ...votes.map((vote) => vote.userId),
        ...standIns.flatMap((one) => [one.userId, one.standInId]),
        ...named.flatMap((one) => (one.kind === 'user' ? one.userId : [])),
      ]),
    ],
    groupIds: named.flatMap((one) => (one.kind === 'group' ? one.groupId : [])),
    roles: [...(isWhole ? votersByRole : []), ...named.flatMap((one) => (one.kind === 'role' ? one.role : []))],
  });
  return { people, codeOwnerIds: [], standIns };
}

/** The electorate with the code owners of one service: by what its repository says of what changes, or else by its owner. */
export async function withCodeOwners(
  reader: Tx,
  tenantId: string,
  given: { electorate: Electorate; policies: readonly ApprovalPolicy[]; codeOwners: readonly string[] | null; owner: string },
): Promise<Electorate> {
  const { electorate, policies, codeOwners, owner } = given;
  if (!policies.flatMap(approversOf).some((one) => one.kind === 'codeOwners')) return electorate;
  const tokens = (codeOwners ?? [owner]).map((token) => token.trim().toLowerCase()).filter((token) => token !== '');
  const emails = tokens.filter((token) => /^[^@]+@/.test(token));
  const names = tokens.filter((token) => !emails.includes(token)).map((token) => token.replace(/^@/, ''));
  const codeOwnerIds = await findOwnerIds(reader, tenantId, { emails, names });
  const missing = codeOwnerIds.filter((userId) => electorate.people.every((person) => person.userId !== userId));
  const people = missing.length === 0 ? [] : await findElectors(reader, tenantId, { userIds: missing, groupIds: [], roles: [] });
  return { ...electorate, people: [...electorate.people, ...people], codeOwnerIds };
}
