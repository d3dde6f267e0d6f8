import type { Case } from './report.ts';

/** How the published examples compared. */
export interface ExampleCounts {
  run: number;
  equal: number;
  different: number;
  unsupported: number;
}

/** What one run of the suite on each engine gave. */
export interface ContractRun {
  sandbox: readonly Case[];
  real: readonly Case[];
  /** Null when they were not run. */
  examples: ExampleCounts | null;
}

const areas: readonly [area: string, title: string][] = [
  ['kubernetes', 'Kubernetes API'],
  ['rollouts', 'Rollouts, analyses, experiments'],
  ['helm', 'Helm'],
  ['workflows', 'Workflows'],
  ['', 'A delivery as a whole'],
];

/** The part of docs/sandbox.md that a run of the suite writes. */
export function renderTable({ sandbox, real, examples }: ContractRun): string {
  return [
    '### Cases that hold',
    '',
    '| what | sandbox | real |',
    '| --- | --- | --- |',
    ...areas.map(([area, title]) => row(title, share(sandbox, area), share(real, area))),
    '',
    '### What the real engine takes and the sandbox refuses',
    '',
    '| what | what the sandbox says |',
    '| --- | --- |',
    ...refusedBySandbox(sandbox, real).map(({ title, why }) => row(title, why)),
    '',
    '### Published examples',
    '',
    exampleSentence(examples),
    '',
    ...real.flatMap(({ title, example }) => (example === null || example.equal ? [] : [`- \`${title}\` differs: ${example.why}`])),
    '',
  ].join('\n');
}

function exampleSentence(examples: ExampleCounts | null): string {
  if (examples === null) return 'They were not run when this page was written: `pnpm --filter @flow/e2e test:examples`.';
  const { run, equal, different, unsupported } = examples;
  return `Of the examples that come with Argo Workflows ${run} were run on both: ${equal} ended with the same phase of the Workflow and of every node, ${different} did not. ${unsupported} use what the sandbox refuses, or an image or a service that is not on the machine.`;
}

function share(cases: readonly Case[], area: string): string {
  const here = cases.filter((one) => one.area === area && one.limit === null);
  return `${here.filter(({ passed }) => passed).length} of ${here.length}`;
}

function refusedBySandbox(sandbox: readonly Case[], real: readonly Case[]): { title: string; why: string }[] {
  const taken = new Set(real.flatMap(({ title, limit }) => (limit?.taken === true ? [title] : [])));
  return sandbox.flatMap(({ title, limit }) =>
    limit === null || limit.taken || !taken.has(title) ? [] : [{ title, why: sentence(limit.why) }],
  );
}

/** What is refused and what to do, without the name of the object that was tried. */
function sentence(why: string): string {
  return why.replace(/^.*? is invalid: \[?/, '').replace(/: Forbidden: /, ': ');
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
