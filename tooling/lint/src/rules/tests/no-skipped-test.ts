import { child, defineRule, dottedName } from '../ast.ts';
import { placeOf } from '../place.ts';

const skipped = /^(?:(?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|only|todo|fixme|fails|fail)|x(?:it|test|describe)|f(?:it|describe))$/;

/** A test runs, or it is not there. */
export const noSkippedTest = defineRule('No skipped, focused or planned tests.', (context) => {
  if (!placeOf(context.filename).isTest) return {};
  return {
    CallExpression(node) {
      const name = dottedName(child(node, 'callee'));
      if (skipped.test(name)) context.report({ node, message: `No ${name}: a test runs, or it is not there.` });
    },
  };
});
