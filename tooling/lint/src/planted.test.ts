import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanFiles } from './testing/clean-files.ts';
import { plantedKnown } from './testing/planted-known.ts';
import { plantedOwn } from './testing/planted-own.ts';
import { temporaryWorkspace, type Ended, type TemporaryWorkspace } from './testing/temporary-workspace.ts';

const planted = [...plantedKnown, ...plantedOwn];
const lint = ['--type-aware', '--deny-warnings', '-c', '.oxlintrc.json', '-f', 'unix', 'apps', 'packages', 'e2e'] as const;

/** oxlint prints hooks under a plugin of their own, and its core rules under none. */
function nameInConfig(plugin: string, rule: string): string {
  if (plugin === 'eslint') return rule;
  return `${plugin === 'react-hooks' ? 'react' : plugin}/${rule}`;
}

/** `plugin/rule` (or `rule` of oxlint's own) of each finding in a file, from lines like `file:1:2: message [Error/eslint(no-var)]`. */
function rulesIn(output: string, file: string): readonly string[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith(`${file}:`))
    .map((line) => /\[\w+\/([\w-]+)\(([\w-]+)\)\]$/.exec(line))
    .map((match) => nameInConfig(match?.[1] ?? '', match?.[2] ?? ''));
}

function cleanWorkspace(): TemporaryWorkspace {
  const workspace = temporaryWorkspace();
  for (const [file, text] of Object.entries(cleanFiles)) workspace.write(file, text);
  return workspace;
}

describe('lint', () => {
  let workspace: TemporaryWorkspace;
  let clean: Ended;
  let ended: Ended;

  beforeAll(async () => {
    workspace = cleanWorkspace();
    clean = await workspace.run('oxlint', ...lint);
    for (const { file, text } of planted) workspace.write(file, text);
    ended = await workspace.run('oxlint', ...lint);
  }, 60_000);
  afterAll(() => workspace[Symbol.dispose]());

  it('passes code that keeps every rule', () => {
    expect(clean).toEqual({ code: 0, output: expect.not.stringContaining('Error') });
  });

  it('fails when something is planted', () => {
    expect(ended.code).toBe(1);
  });

  it.each(planted)('$rule fails on $file', ({ rule, file }) => {
    expect(rulesIn(ended.output, file)).toContain(rule);
  });

  it('has a planted violation for each rule that is switched on by name', () => {
    const config = readFileSync(path.join(workspace.root, '.oxlintrc.json'), 'utf8');
    const named = [...config.matchAll(/^ {4,8}"([\w/-]+)": (?:"error"|\[\s*"error")/gm)].map((match) => match[1] ?? '');
    expect(new Set(planted.map(({ rule }) => rule))).toEqual(new Set(named.filter((name) => name !== 'correctness')));
  });
});

describe('boundaries', () => {
  const manifest = (name: string, dependency: string): string =>
    JSON.stringify({
      name,
      private: true,
      type: 'module',
      exports: { './*': './src/*/index.ts' },
      dependencies: { [dependency]: 'workspace:*' },
    });
  const cases = [
    {
      what: 'an import of a package that is not declared',
      file: 'packages/ui/src/label/reach.ts',
      text: "export * from '@flow/core/approval';\n",
      says: /cannot import package[\s\S]*@flow\/core/,
    },
    {
      what: 'an import that leaves the package',
      file: 'packages/core/src/approval/leave.ts',
      text: "export * from '../../../db/src/approval/index.ts';\n",
      says: /leaves the package/,
    },
    {
      what: 'an arrow that the tags do not allow',
      file: 'packages/ui/package.json',
      text: manifest('@flow/ui', '@flow/core'),
      says: /without any tag listed in allowlist/,
    },
    {
      what: 'a circle of packages',
      file: 'packages/core/package.json',
      text: manifest('@flow/core', '@flow/db'),
      says: /[Cc]yclic|[Cc]ircular/,
    },
  ];

  it('passes the arrows of the architecture', async () => {
    using workspace = cleanWorkspace();
    expect(await workspace.run('turbo', 'boundaries')).toMatchObject({ code: 0 });
  });

  it.each(cases)('fails on $what', async ({ file, text, says }) => {
    using workspace = cleanWorkspace();
    workspace.write(file, text);
    const ended = await workspace.run('turbo', 'boundaries');
    expect(ended.output).toMatch(says);
    expect(ended.code).toBe(1);
  });
});

describe('the other checks', () => {
  const unformatted = { file: 'packages/core/src/approval/wide.ts', text: 'export const one   =   "1"\n' };
  const cases = [
    { check: 'oxfmt', args: ['--check', 'packages/core/src'], ...unformatted, says: /wide\.ts/ },
    {
      check: 'knip',
      args: ['--no-config-hints', '--workspace', 'packages/core', '--include', 'files,exports'],
      file: 'packages/core/src/approval/alone.ts',
      text: 'export const one = 1;\n',
      says: /Unused files[\s\S]*alone\.ts/,
    },
    {
      check: 'knip',
      args: ['--no-config-hints', '--workspace', 'packages/core', '--include', 'files,exports'],
      file: 'packages/core/src/approval/vote.ts',
      text: 'export const approvalCount = 1;\n',
      extra: {
        'packages/core/src/approval/index.ts': "export { approvalCount } from './inner.ts';\n",
        'packages/core/src/approval/inner.ts': 'export const approvalCount = 1;\nexport const unasked = 2;\n',
      },
      says: /unasked/,
    },
    {
      check: 'sherif',
      args: [],
      file: 'packages/ui/package.json',
      text: '{ "name": "@flow/ui", "private": true, "dependencies": {} }\n',
      says: /empty-dependencies/,
    },
    {
      check: 'tsc',
      args: ['-p', 'packages/core'],
      file: 'packages/core/src/approval/enum.ts',
      text: 'export enum One { two }\n',
      says: /TS1294/,
    },
    {
      check: 'tsc',
      args: ['-p', 'packages/core'],
      file: 'packages/core/src/approval/property.ts',
      text: 'export class One { constructor(readonly two: string) {} }\n',
      says: /TS1294/,
    },
    {
      check: 'tsc',
      args: ['-p', 'packages/core'],
      file: 'packages/core/src/approval/index-access.ts',
      text: 'export const first = (names: string[]): string => names[0];\n',
      says: /TS2322/,
    },
  ];

  it.each(cases)('$check fails on $file', async ({ check, args, file, text, says, extra }) => {
    using workspace = cleanWorkspace();
    expect(await workspace.run(check, ...args)).toMatchObject({ code: 0 });
    for (const [name, content] of Object.entries({ ...extra, [file]: text })) workspace.write(name, content);
    const ended = await workspace.run(check, ...args);
    expect(ended.output).toMatch(says);
    expect(ended.code).not.toBe(0);
  });
});
