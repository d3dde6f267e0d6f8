import { afterEach, beforeEach, expect, it } from 'vitest';
import { temporaryWorkspace, type TemporaryWorkspace } from '../testing/temporary-workspace.ts';
import { checkArrows } from './arrows.ts';
import { checkDocPaths } from './doc-paths.ts';
import { checkPrismaModels } from './prisma-models.ts';
import { checkReadmes } from './readmes.ts';
import type { Check } from './repository.ts';
import { checkStructure } from './structure.ts';

let workspace: TemporaryWorkspace;
beforeEach(() => {
  workspace = temporaryWorkspace();
});
afterEach(() => workspace[Symbol.dispose]());

const found = (check: Check): readonly string[] => check(workspace.root).map((finding) => `${finding.where}: ${finding.message}`);

it('refuses a package that depends on one above it', () => {
  expect(found(checkArrows)).toEqual([]);
  workspace.write('packages/core/package.json', '{ "name": "@flow/core", "dependencies": { "@flow/db": "workspace:*" } }');
  expect(found(checkArrows)).toEqual(['packages/core/package.json: depends on @flow/db; allowed: nothing of ours']);
});

it('refuses a package that no arrow names', () => {
  workspace.write('packages/extra/package.json', '{ "name": "@flow/extra" }');
  expect(found(checkArrows)).toEqual([expect.stringContaining('packages/extra/package.json')]);
});

it('refuses a sixteenth source file in a folder, and counts no tests', () => {
  for (let index = 0; index < 15; index += 1) workspace.write(`packages/core/src/rule/rule-${String(index)}.ts`, '');
  workspace.write('packages/core/src/rule/rule.test.ts', '');
  expect(found(checkStructure)).toEqual([]);
  workspace.write('packages/core/src/rule/rule-15.ts', '');
  expect(found(checkStructure)).toEqual([expect.stringContaining('16 source files')]);
});

it('refuses a fifth folder below src, and counts no variables of a route', () => {
  workspace.write('packages/core/src/a/b/c/d/one.ts', '');
  workspace.write('apps/web/src/app/(portal)/t/[tenant]/runs/[run]/page.tsx', '');
  expect(found(checkStructure)).toEqual([]);
  workspace.write('packages/core/src/a/b/c/d/e/one.ts', '');
  expect(found(checkStructure)).toEqual([expect.stringContaining('more than 4 folders')]);
});

it('refuses a key that does not begin with the tenant, unless the model is platform-wide', () => {
  const keys = ['  tenantId String', '  id String', '  slug String @unique', '  @@id([tenantId, id])', '  @@index([id, tenantId])'];
  const model = (comment: string): string => [comment, 'model Thing {', ...keys, '}', ''].join('\n');
  workspace.write('prisma/models/thing.prisma', model('/// A thing.'));
  expect(found(checkPrismaModels)).toEqual([
    expect.stringMatching(/^prisma\/models\/thing\.prisma:5: .*slug/),
    expect.stringMatching(/^prisma\/models\/thing\.prisma:7: .*@@index/),
  ]);
  workspace.write('prisma/models/thing.prisma', model('/// platform-wide: it is offered to all tenants.'));
  expect(found(checkPrismaModels)).toEqual([]);
});

it('refuses a model without a word about its rows, and a file of more than 200 lines', () => {
  workspace.write('prisma/models/thing.prisma', `model Thing {\n}\n${'\n'.repeat(200)}// end\n`);
  expect(found(checkPrismaModels)).toEqual([expect.stringContaining('203 lines'), expect.stringContaining('has no /// line')]);
});

it('refuses a package without README and one of more than 60 lines', () => {
  expect(found(checkReadmes)).toContainEqual(expect.stringContaining('packages/core/README.md: missing'));
  workspace.write('packages/core/README.md', 'line\n'.repeat(60));
  expect(found(checkReadmes).filter((one) => one.includes('packages/core'))).toEqual([]);
  workspace.write('packages/core/README.md', 'line\n'.repeat(61));
  expect(found(checkReadmes)).toContainEqual('packages/core/README.md: 61 lines (at most 60)');
});

it('refuses a document that names a path that is not there', () => {
  workspace.write(
    'docs/guide.md',
    'Read `packages/core/package.json`, `packages/<name>`, [this](guide.md), [that](https://example.com).\n',
  );
  expect(found(checkDocPaths)).toEqual([]);
  workspace.write('docs/guide.md', 'Read `packages/core/src/gone.ts` and\n[this](gone.md).\n');
  expect(found(checkDocPaths)).toEqual([
    'docs/guide.md:1: names "packages/core/src/gone.ts", which is not there',
    'docs/guide.md:2: names "gone.md", which is not there',
  ]);
});
