import { describe, expect, test } from 'vitest';
import { allOwners, ownersOfPaths, parseCodeOwners } from './code-owners.ts';

const file = `# who owns what
*            @acme/platform   # everything else
/docs/       dora@flow.test
*.sql        @acme/data
[Section]
^[Optional][2] @acme/none
src/pay/**   Eve@Flow.test @acme/payments
/src/pay/README.md
`;
const lines = parseCodeOwners(file);

describe('CODEOWNERS', () => {
  test('comments and headings are passed over, owners are names and e-mail addresses', () => {
    expect(lines.map((line) => line.pattern)).toEqual(['*', '/docs/', '*.sql', 'src/pay/**', '/src/pay/README.md']);
  });

  test.each([
    ['server.js', ['@acme/platform']],
    ['docs/a/b.md', ['dora@flow.test']],
    ['deep/docs/a.md', ['@acme/platform']],
    ['deep/in/x.sql', ['@acme/data']],
    ['src/pay/card/a.ts', ['eve@flow.test', '@acme/payments']],
    ['src/pay/README.md', []],
    ['other/src/pay/a.ts', ['@acme/platform']],
  ])('the last line that covers %s decides', (path, owners) => {
    expect(ownersOfPaths(lines, [path])).toEqual(owners);
  });

  test('owners of several paths are put together, each once', () => {
    expect(ownersOfPaths(lines, ['server.js', 'a.sql', 'b.sql'])).toEqual(['@acme/platform', '@acme/data']);
    expect(allOwners(lines)).toEqual(['@acme/platform', 'dora@flow.test', '@acme/data', 'eve@flow.test', '@acme/payments']);
  });

  test('a pattern made to run for long does not', () => {
    const hostile = parseCodeOwners(`${'**/a*/'.repeat(30)}z @x`);
    expect(ownersOfPaths(hostile, [`${'aaaaaaaa/'.repeat(40)}b`])).toEqual([]);
  });
});
