import { z } from 'zod';

/** What happens once more regions have failed than may. */
const beyondBudget = z.enum(['rollBackAll', 'stop']);

const withinBudget = {
  /** How many regions may fail before `beyond` is done. */
  budget: z.number().int().min(1).max(50),
  beyond: beyondBudget,
};

/**
 * What is done when a region fails.
 * - `rollBackAll`: every region that was touched goes back. - `stop`: nothing more begins; a person goes on without the region, or rolls all back.
 * - `rollBackRegion`: the region goes back, the others go on. - `goOn`: the region stays for a person to look at, its traffic on the stable version;
 *   the others go on. The last two hold while no more regions have failed than may.
 */
export const failurePolicy = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rollBackAll') }),
  z.strictObject({ kind: z.literal('stop') }),
  z.strictObject({ kind: z.literal('rollBackRegion'), ...withinBudget }),
  z.strictObject({ kind: z.literal('goOn'), ...withinBudget }),
]);
export type FailurePolicy = z.infer<typeof failurePolicy>;

/** What becomes of a region that has failed, and of all others. */
interface Consequence {
  region: 'staysAsItIs' | 'goesBack';
  others: 'goOn' | 'stop' | 'goBack';
}

const consequences = {
  rollBackAll: { region: 'goesBack', others: 'goBack' },
  stop: { region: 'staysAsItIs', others: 'stop' },
  rollBackRegion: { region: 'goesBack', others: 'goOn' },
  goOn: { region: 'staysAsItIs', others: 'goOn' },
} as const satisfies Record<FailurePolicy['kind'], Consequence>;

export interface FailureDecision extends Consequence {
  /** What was decided and why, for people. */
  sentence: string;
  /** What the regions said when they failed. */
  why: string;
}

/** Regions that have failed, in the order of the plan, with why; and how many of them a person has accepted, so that it goes on without them. */
export interface Failures {
  regions: readonly { region: string; reason: string | null }[];
  accepted: number;
}

/** What the policy of a plan says of the regions that have failed. At least one has. */
export function decideFailure(policy: FailurePolicy, failures: Failures): FailureDecision {
  const { region, others } = consequenceOf(policy, failures);
  const names = inWords(failures.regions.map((failed) => failed.region));
  const why = failures.regions.flatMap(({ reason }) => reason ?? []).join('; ');
  return { region, others, why, sentence: sentences[others]({ names, why, policy, failures, region }) };
}

function consequenceOf(policy: FailurePolicy, { regions, accepted }: Failures): Consequence {
  const usual = consequences[policy.kind];
  if (usual.others === 'goBack') return usual;
  const isAccepted = regions.length <= accepted;
  if (policy.kind === 'stop') return isAccepted ? { ...usual, others: 'goOn' } : usual;
  if (!('budget' in policy) || isAccepted || regions.length <= policy.budget) return usual;
  const beyond = consequences[policy.beyond];
  return beyond.others === 'goBack' ? beyond : { ...usual, others: beyond.others };
}

interface Said {
  names: string;
  why: string;
  policy: FailurePolicy;
  failures: Failures;
  region: Consequence['region'];
}

const sentences = {
  goOn: ({ names, failures, policy, region, why }) =>
    `${names} failed and ${region === 'goesBack' ? (isOne(failures) ? 'goes back' : 'go back') : isOne(failures) ? 'stays as it is' : 'stay as they are'}; the others go on${
      'budget' in policy && failures.regions.length <= policy.budget
        ? ` (${failures.regions.length} of ${policy.budget} that may fail)`
        : ', as a person decided'
    }. ${why}`,
  stop: ({ names, policy, why }) =>
    `${names} failed${overBudget(policy)}: nothing more begins until a person goes on or rolls back. ${why}`,
  // Of one failure that takes everything back its reason says all.
  goBack: ({ names, policy, failures, why }) =>
    'budget' in policy
      ? `${names} failed${overBudget(policy)}: every region goes back. ${why}`
      : (failures.regions[0]?.reason ?? 'A region failed'),
} as const satisfies Record<Consequence['others'], (said: Said) => string>;

function overBudget(policy: FailurePolicy): string {
  return 'budget' in policy ? `, more than the ${policy.budget} that may` : '';
}

function isOne({ regions }: Failures): boolean {
  return regions.length === 1;
}

/** Names as people list them: "a", "a and b", "a, b and c". */
export function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
