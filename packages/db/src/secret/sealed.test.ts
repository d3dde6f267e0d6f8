import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { schemaFiles } from '../migrate/schema-files.ts';

test('every sealed column of the schema is known to the change of keys', async () => {
  const models = (await schemaFiles()).map((file) => file.content).join('\n');
  const sealed = [...models.matchAll(/^model \w+ \{([\s\S]*?)^\}/gm)].flatMap(([, body = '']) => {
    const table = /@@map\("(\w+)"\)/.exec(body)?.[1] ?? '';
    return [...body.matchAll(/^\s+sealed\w*\s.*@map\("(\w+)"\)/gm)].map(([, column = '']) => `${table}.${column}`);
  });
  const source = readFileSync(new URL('sealed.ts', import.meta.url), 'utf8');
  const known = [...source.matchAll(/table: '(\w+)' as const,\s+column: '(\w+)'/g)].map(
    ([, table = '', column = '']) => `${table}.${column}`,
  );
  expect(sealed.toSorted()).toEqual(known.toSorted());
  expect(known).not.toEqual([]);
});
