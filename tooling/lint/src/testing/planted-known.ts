import type { Planted } from './planted.ts';

const lines = (...text: readonly string[]): string => `${text.join('\n')}\n`;
const repeat = (count: number, line: (index: number) => string): readonly string[] =>
  Array.from({ length: count }, (_, index) => line(index));
const folder = 'packages/core/src/planted';
const assignments = (count: number): readonly string[] => repeat(count, (index) => `  sum += ${String(index)};`);
const component = (name: string, body: readonly string[]): string =>
  lines(`export function ${name}(): string {`, '  let sum = 0;', ...body, '  return String(sum);', '}');

const types: readonly Planted[] = [
  { rule: 'typescript/no-floating-promises', file: `${folder}/floating.ts`, text: lines('const load = async () => 1;', 'load();') },
  {
    rule: 'typescript/no-misused-promises',
    file: `${folder}/misused.ts`,
    text: '[1].forEach(async () => { await Promise.resolve(); });\n',
  },
  { rule: 'typescript/await-thenable', file: `${folder}/await.ts`, text: 'export const one = await 1;\n' },
  {
    rule: 'typescript/switch-exhaustiveness-check',
    file: `${folder}/exhaustive.ts`,
    text: lines(
      "export const say = (state: 'on' | 'off'): string => {",
      '  switch (state) {',
      "    case 'on':",
      "      return 'yes';",
      '  }',
      "  return '';",
      '};',
    ),
  },
  {
    rule: 'typescript/no-unnecessary-condition',
    file: `${folder}/condition.ts`,
    text: 'export const say = (name: string): string => name ?? String(1);\n',
  },
  {
    rule: 'typescript/no-unnecessary-type-assertion',
    file: `${folder}/assertion.ts`,
    text: 'export const say = (name: string): string => name as string;\n',
  },
  { rule: 'typescript/no-explicit-any', file: `${folder}/any.ts`, text: 'export const one: any = 1;\n' },
  {
    rule: 'typescript/no-non-null-assertion',
    file: `${folder}/bang.ts`,
    text: 'export const first = (names: string[]): string => names[0]!;\n',
  },
  { rule: 'typescript/no-unsafe-member-access', file: `${folder}/member.ts`, text: "export const one: unknown = JSON.parse('{}').one;\n" },
  { rule: 'typescript/no-unsafe-assignment', file: `${folder}/assignment.ts`, text: "export const one = JSON.parse('{}');\n" },
  { rule: 'typescript/no-unsafe-call', file: `${folder}/call.ts`, text: "JSON.parse('{}')();\n" },
  { rule: 'typescript/no-unsafe-argument', file: `${folder}/argument.ts`, text: "export const one = encodeURI(JSON.parse('{}'));\n" },
  { rule: 'typescript/no-unsafe-return', file: `${folder}/unsafe-return.ts`, text: "export const one = (): string => JSON.parse('{}');\n" },
  { rule: 'typescript/only-throw-error', file: `${folder}/throw.ts`, text: "export const fail = (): never => { throw 'no'; };\n" },
  {
    rule: 'typescript/prefer-promise-reject-errors',
    file: `${folder}/reject.ts`,
    text: "export const fail = (): unknown => Promise.reject('no');\n",
  },
  {
    rule: 'typescript/return-await',
    file: `${folder}/return-await.ts`,
    text: lines(
      'export const load = async (one: Promise<string>): Promise<string> => {',
      '  try {',
      '    return one;',
      '  } catch {',
      "    return '';",
      '  }',
      '};',
    ),
  },
  { rule: 'typescript/ban-ts-comment', file: `${folder}/ignore.ts`, text: lines('// @ts-ignore', 'export const one: string = 1;') },
  {
    rule: 'typescript/consistent-type-imports',
    file: `${folder}/type-import.ts`,
    text: lines("import { Stats } from 'node:fs';", 'export type One = Stats;'),
  },
  { rule: 'typescript/explicit-module-boundary-types', file: `${folder}/border.ts`, text: 'export const one = () => 1;\n' },
  { rule: 'typescript/no-namespace', file: `${folder}/namespace.ts`, text: 'export namespace One { export const one = 1; }\n' },
  { rule: 'typescript/no-require-imports', file: `${folder}/require.ts`, text: "export const fs: unknown = require('node:fs');\n" },
];

const shapes: readonly Planted[] = [
  {
    rule: 'max-lines',
    file: `${folder}/long-file.ts`,
    text: lines(...repeat(401, (index) => `export const n${String(index)} = ${String(index)};`)),
  },
  {
    rule: 'max-lines',
    file: 'apps/web/src/app/runs/page.tsx',
    text: lines(...repeat(41, (index) => `export const n${String(index)} = ${String(index)};`)),
  },
  { rule: 'max-lines-per-function', file: `${folder}/long-function.ts`, text: component('one', assignments(60)) },
  { rule: 'max-lines-per-function', file: 'apps/web/src/features/run/long.tsx', text: component('Long', assignments(120)) },
  {
    rule: 'complexity',
    file: `${folder}/complex.ts`,
    text: lines(
      'export function one(n: number): number {',
      ...repeat(12, (index) => `  if (n === ${String(index)}) return ${String(index)};`),
      '  return n;',
      '}',
    ),
  },
  {
    rule: 'max-params',
    file: `${folder}/params.ts`,
    text: 'export const sum = (a: number, b: number, c: number, d: number): number => a + b + c + d;\n',
  },
  { rule: 'unicorn/filename-case', file: `${folder}/camelCase.ts`, text: 'export const one = 1;\n' },
  {
    rule: 'import/no-cycle',
    file: `${folder}/cycle-a.ts`,
    text: lines("import { b } from './cycle-b.ts';", 'export const a = (): number => b();'),
  },
  {
    rule: 'import/no-cycle',
    file: `${folder}/cycle-b.ts`,
    text: lines("import { a } from './cycle-a.ts';", 'export const b = (): number => a();'),
  },
  { rule: 'no-warning-comments', file: `${folder}/later.ts`, text: lines(['//', 'TODO', 'later'].join(' '), 'export const one = 1;') },
  { rule: 'no-var', file: `${folder}/var.ts`, text: 'export var one = 1;\n' },
  { rule: 'prefer-const', file: `${folder}/let.ts`, text: lines('let one = 1;', 'export const two = one;') },
  { rule: 'eqeqeq', file: `${folder}/equal.ts`, text: 'export const same = (a: string, b: string): boolean => a == b;\n' },
  { rule: 'no-console', file: `${folder}/console.ts`, text: "console.log('one');\n" },
  { rule: 'no-eval', file: `${folder}/eval.ts`, text: "eval('1');\n" },
  { rule: 'no-implied-eval', file: `${folder}/implied-eval.ts`, text: "setTimeout('1', 1);\n" },
];

const react: readonly Planted[] = [
  {
    rule: 'jsx-a11y/alt-text',
    file: 'apps/web/src/features/run/picture.tsx',
    text: 'export const Picture = () => <img src="/a.png" />;\n',
  },
  {
    rule: 'jsx-a11y/click-events-have-key-events',
    file: 'apps/web/src/features/run/click.tsx',
    text: 'export const Click = () => <div onClick={() => undefined} />;\n',
  },
  {
    rule: 'jsx-a11y/no-noninteractive-tabindex',
    file: 'apps/web/src/features/run/tab-stop.tsx',
    text: 'export const Stop = () => <p tabIndex={0}>text</p>;\n',
  },
  {
    rule: 'jsx-a11y/label-has-associated-control',
    file: 'apps/web/src/features/run/label.tsx',
    text: 'export const Name = () => <label>Name</label>;\n',
  },
  {
    rule: 'react/no-danger',
    file: 'apps/web/src/features/run/danger.tsx',
    text: "export const Danger = () => <p dangerouslySetInnerHTML={{ __html: '' }} />;\n",
  },
  {
    rule: 'react/rules-of-hooks',
    file: 'apps/web/src/features/run/hooks.tsx',
    text: lines(
      "import { useState } from 'react';",
      'export function Hooks({ on }: { on: boolean }) {',
      '  if (on) return useState(1)[0];',
      '  return 0;',
      '}',
    ),
  },
  {
    rule: 'react/exhaustive-deps',
    file: 'apps/web/src/features/run/effects.tsx',
    text: lines(
      "import { useEffect } from 'react';",
      'export function Effects({ name }: { name: string }) {',
      '  useEffect(() => {',
      '    document.title = name;',
      '  }, []);',
      '  return null;',
      '}',
    ),
  },
];

const tests: readonly Planted[] = [
  {
    rule: 'vitest/no-focused-tests',
    file: `${folder}/only.test.ts`,
    text: lines("import { expect, it } from 'vitest';", "it.only('counts once', () => { expect(1).toBe(1); });"),
  },
  {
    rule: 'vitest/no-disabled-tests',
    file: `${folder}/skip.test.ts`,
    text: lines("import { expect, it } from 'vitest';", "it.skip('counts once', () => { expect(1).toBe(1); });"),
  },
  {
    rule: 'vitest/expect-expect',
    file: `${folder}/nothing.test.ts`,
    text: lines("import { it } from 'vitest';", "it('counts once', () => { Math.abs(1); });"),
  },
];

/** A violation of each rule that oxlint brings and .oxlintrc.json switches on by name. */
export const plantedKnown: readonly Planted[] = [...types, ...shapes, ...react, ...tests];
