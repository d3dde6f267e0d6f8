import { help } from '@flow/core/explanation';
import type { Explanation, Help } from '@flow/core/explanation';
import { rightsOfRole, role } from '@flow/core/rights';
import type { Tx } from '@flow/db/client';
import { listPlatformAdmins } from '@flow/db/person';
import { listPeopleInRoles } from '@flow/db/tenancy';
import { z } from 'zod';

/** What somebody can do about something that stands against a request, and who. */
export const namedHelp = z.strictObject({ ...help.shape, names: z.array(z.string()), hasMore: z.boolean() });
export type NamedHelp = z.infer<typeof namedHelp>;

/** An explanation in which those who can help are named. */
export interface NamedExplanation extends Omit<Explanation, 'considered'> {
  considered: (Omit<Explanation['considered'][number], 'helps'> & { helps: NamedHelp[] })[];
}

const namesMax = 5;

/** Names those who can help: one query for each right that is needed. Whoever asked for it, or wrote it, helps with everything but the approval. */
export async function namePeople(
  reader: Tx,
  tenantId: string,
  { explanation, involved }: { explanation: Explanation; involved: readonly string[] },
): Promise<NamedExplanation> {
  const people = new Map<Help['right'], Pick<NamedHelp, 'names' | 'hasMore'>>();
  for (const needed of new Set(explanation.considered.flatMap(({ helps }) => helps.map(({ right }) => right))))
    people.set(needed, await findPeople(reader, tenantId, { right: needed, involved }));
  return {
    ...explanation,
    considered: explanation.considered.map((one) => ({
      ...one,
      helps: one.helps.map((found) => ({ ...found, ...(people.get(found.right) ?? { names: [], hasMore: false }) })),
    })),
  };
}

function findPeople(
  reader: Tx,
  tenantId: string,
  { right, involved }: { right: Help['right']; involved: readonly string[] },
): Promise<Pick<NamedHelp, 'names' | 'hasMore'>> {
  if (right === 'platformAdmin') return listPlatformAdmins(reader, namesMax);
  const roles = role.options.filter((one) => rightsOfRole[one].includes(right));
  return listPeopleInRoles(reader, tenantId, { roles, notUserIds: right === 'approval:vote' ? involved : [], limit: namesMax });
}

/** Those who can help, in words: "Ada, Grace and others can approve it". */
export function helpInWords({ names, hasMore, toDo }: NamedHelp): string {
  if (names.length === 0) return `nobody here can ${toDo} now`;
  return `${names.join(', ')}${hasMore ? ' and others' : ''} can ${toDo}`;
}
