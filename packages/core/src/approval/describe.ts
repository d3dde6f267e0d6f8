import type { Electorate } from './electorate.ts';
import type { GroupStanding, PolicyStanding } from './standing.ts';

/** How far a policy is, as people read it: who said yes, or who is still asked and who can. */
export function describePolicy(policy: PolicyStanding, electorate: Electorate): { sentence: string; liftedBy: string } {
  const nameOf = (userId: string): string => electorate.people.find((person) => person.userId === userId)?.name ?? 'someone who has left';
  if (policy.missing === 0)
    return { sentence: `${policy.title}: approved by ${givenText(policy, nameOf)}`, liftedBy: 'nothing more is needed' };
  const open = policy.groups.filter((group) => group.missing > 0);
  const [asked, later] = [open.filter((group) => group.isAsked), open.filter((group) => !group.isAsked)];
  const parts = [
    `${policy.title} needs ${asked.map((group) => `${group.missing} of ${group.title}`).join(' and ')}`,
    later.length === 0 ? '' : `then of ${later.map((group) => group.title).join(' and ')}`,
  ].filter((part) => part !== '');
  const lacks = open.filter((group) => group.isShort).map(lackText);
  const able = [...new Set(asked.flatMap((group) => notYet(group)))].map(nameOf);
  return {
    sentence: [parts.join(', '), ...lacks].join('. '),
    liftedBy: able.length === 0 ? 'an admin who changes the policy or the groups' : someOf(able),
  };
}

function givenText({ groups }: PolicyStanding, nameOf: (userId: string) => string): string {
  const given = groups.flatMap((group) =>
    group.given.map(({ userId, seat }) => `${nameOf(userId)}${seat === userId ? '' : ` for ${nameOf(seat)}`} (${group.title})`),
  );
  return given.length === 0 ? 'those who were asked' : given.join(', ');
}

/** Places of the group that nobody has spoken for. */
function notYet({ places, given }: GroupStanding): readonly string[] {
  return places.filter((place) => given.every(({ seat, userId }) => seat !== place && userId !== place));
}

function lackText({ title, wanted, isHopeless }: GroupStanding): string {
  const few = `Too few of ${title} can approve it (${wanted} ${wanted === 1 ? 'is' : 'are'} needed)`;
  return isHopeless ? `${few}, and nobody stands in for them` : `${few}, so those named for that case can`;
}

const namesShown = 5;

/** "Ann, Bob or 3 others". */
export function someOf(names: readonly string[]): string {
  const rest = names.length - namesShown;
  if (rest > 0) return `${names.slice(0, namesShown).join(', ')} or ${rest} ${rest === 1 ? 'other' : 'others'}`;
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}
