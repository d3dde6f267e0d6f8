import { findPersonByEmail } from '@flow/db/person';
import { saveGroup } from '@flow/operations/group';
import { savePolicy } from '@flow/operations/policy';
import type { SeedContext } from './context.ts';

/** A group and a policy that asks it for everything that goes to production, so that both can be seen at work. */
export async function seedApprovals(context: SeedContext, tenantId: string, emails: readonly string[]): Promise<void> {
  const ctx = context.operation(tenantId);
  const people = await Promise.all(emails.map((email) => findPersonByEmail(ctx.db.prisma, email)));
  const memberIds = people.flatMap((person) => person?.id ?? []);
  const { groupId } = await saveGroup(ctx, {
    name: 'Release crew',
    description: 'Looks at everything that goes to production',
    ownersName: 'acme/release-crew',
    memberIds,
  });
  await savePolicy(ctx, {
    kind: 'approval',
    note: 'The demo begins with it',
    document: {
      title: 'The release crew looks at production',
      scope: { environmentKinds: ['production'] },
      appliesTo: {},
      enforcement: 'enforce',
      stages: [{ groups: [{ title: 'Release crew', who: [{ kind: 'group', groupId }], count: 1, hasVeto: true }] }],
    },
  });
}
