import type { ShownInput } from '../rule/index.ts';
import type { Verdict } from '../verdict/index.ts';
import type { Consideration, Explanation, Nearest, Standing } from './explanation.ts';

/** What each standing is called where there is only text. */
const words = {
  deny: 'REFUSES',
  approvals: 'NEEDS APPROVAL',
  hold: 'HOLDS',
  note: 'NOTE',
  passes: 'passes',
  notAsked: 'not asked',
} as const satisfies Record<Standing, string>;

/** The people who can help with one consideration: what they can do, and their names. */
export type PeopleOf = (consideration: Consideration) => readonly string[];

/** An explanation as lines of text, for terminals and messages: the answer, then everything that was considered, with the values that it looked at. */
export function explanationAsText({ at, verdict, considered, nearestPlan }: Explanation, peopleOf: PeopleOf = () => []): readonly string[] {
  const width = Math.max(...Object.values(words).map(({ length }) => length));
  const lines = considered.flatMap((one) => [
    `${wordOf(one).padEnd(width)}  ${one.title} (${one.owner})`,
    ...detailsOf(one, peopleOf).map((line) => `${' '.repeat(width)}  ${line}`),
  ]);
  return [`${answerOf(verdict)} Asked at ${at.toISOString()}.`, ...(nearestPlan === null ? [] : nearestLines(nearestPlan)), '', ...lines];
}

function nearestLines({ changes, addedSeconds, remaining, isEnough }: Nearest): readonly string[] {
  const head = isEnough ? 'The nearest plan that passes' : 'The nearest plan, which is not enough alone';
  return [
    `${head}, ${addedSeconds} s longer at least:`,
    ...[...changes, ...remaining.map((sentence) => `not mended: ${sentence}`)].map((line) => `  ${line}`),
  ];
}

function wordOf({ standing, enforcement }: Consideration): string {
  return enforcement === 'shadow' && standing !== 'notAsked' ? 'in shadow' : words[standing];
}

/** The answer in one sentence. */
export function answerOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'allowed':
      return 'Yes: it can start now.';
    case 'heldUntil':
      return verdict.until === null
        ? 'Not yet: something else must end or change first.'
        : `Not yet: from ${verdict.until.toISOString()} on.`;
    case 'needsApprovals':
      return verdict.missing === 1 ? 'Not yet: one more approval is needed.' : `Not yet: ${verdict.missing} more approvals are needed.`;
    case 'denied':
      return 'No.';
  }
}

function detailsOf(one: Consideration, peopleOf: PeopleOf): readonly string[] {
  if (one.standing === 'notAsked') return [...one.sentences];
  return [
    ...one.sentences,
    ...one.inputs.flatMap(inputLines),
    ...(one.liftedBy === '' ? [] : [`lifted by: ${one.liftedBy}`]),
    ...(one.earliestAt === null ? [] : [`earliest: ${one.earliestAt.toISOString()}`]),
    ...peopleOf(one).map((line) => `who can help: ${line}`),
  ];
}

function inputLines({ path, value, elements }: ShownInput): readonly string[] {
  const each = elements.map(
    (element) =>
      `  - ${Object.entries(element)
        .map(([name, found]) => `${name}: ${found ?? '–'}`)
        .join(', ')}`,
  );
  return [`${path}: ${value ?? '–'}`, ...each];
}
