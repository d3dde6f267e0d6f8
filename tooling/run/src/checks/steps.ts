/** One part of `pnpm check`: a command that exits other than 0 when something is wrong. */
export interface Step {
  readonly name: string;
  /** What it holds, for `--help`. */
  readonly about: string;
  readonly command: readonly [program: string, ...args: readonly string[]];
}

/** What the checks read and a fresh clone does not have: Prisma's client. It runs before them, and is cached. */
export const preparation: Step = {
  name: 'generate',
  about: "Prisma's client",
  command: ['turbo', 'run', 'generate', '--output-logs=errors-only', '--log-prefix=none'],
};

/** Every check, the quick ones first. They only read, so all of them may run at the same time. */
export const steps: readonly Step[] = [
  { name: 'sherif', about: 'one version of each library in the workspace', command: ['sherif'] },
  { name: 'boundaries', about: 'imports and arrows between packages', command: ['turbo', 'boundaries'] },
  {
    name: 'repository',
    about: 'direct arrows, folder sizes, schema keys, READMEs, paths in documents',
    command: ['node', 'tooling/lint/src/checks/main.ts'],
  },
  { name: 'format', about: 'layout of the code (mend with pnpm format)', command: ['oxfmt', '--check', '.'] },
  {
    name: 'lint',
    about: 'the rules of .oxlintrc.json with types',
    command: ['oxlint', '--type-aware', '--deny-warnings', '-c', '.oxlintrc.json', 'apps', 'packages', 'tooling', 'e2e'],
  },
  { name: 'knip', about: 'files, exports and dependencies that nothing uses', command: ['knip', '--no-config-hints', '--no-progress'] },
  {
    name: 'types',
    about: 'TypeScript in every package',
    command: ['turbo', 'run', 'typecheck', '--continue=always', '--concurrency=2', '--output-logs=errors-only', '--log-prefix=none'],
  },
];

/** The steps with the given names, in the order of `steps`. Without names: all. An unknown name is returned as `unknown`. */
export function selectSteps(names: readonly string[]): { selected: readonly Step[]; unknown: readonly string[] } {
  const known = new Set(steps.map((step) => step.name));
  return {
    selected: names.length === 0 ? steps : steps.filter((step) => names.includes(step.name)),
    unknown: names.filter((name) => !known.has(name)),
  };
}
