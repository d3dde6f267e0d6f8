import { expect, test } from 'vitest';
import { ownPath } from './own-path.ts';

test.each(['/', '/t/acme', '/t/acme/runs?state=failed#log', '/t/acme/a%20b'])('%s is gone on to', (path) => {
  expect(ownPath(path)).toBe(path);
});

test.each(
  [
    undefined,
    ['/a', '/b'],
    '',
    'https://evil.test',
    '//evil.test',
    '/\\evil.test',
    '/\t/evil.test',
    '/\n\\evil.test',
    '/.//evil.test',
    '/./\\evil.test',
    '/a/..//evil.test',
    '///evil.test',
    'javascript:alert(1)',
    '\\\\evil.test',
    '//',
    'http:evil.test',
  ].map((asked) => ({ asked })),
)('$asked leads to the first page, not to another site', ({ asked }) => {
  expect(ownPath(asked)).toBe('/');
});
