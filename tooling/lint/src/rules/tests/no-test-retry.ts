import { above, child, defineRule, dottedName, keyOf } from '../ast.ts';
import { placeOf } from '../place.ts';

const tests = /^(?:it|test|describe|suite|defineConfig|defineProject)(?:\.|$)|^(?:vi\.setConfig|jest\.retryTimes)$/;

/** A retry hides a fault that happens one time in ten. */
export const noTestRetry = defineRule('No retries of tests.', (context) => {
  if (!placeOf(context.filename).isTest) return {};
  return {
    Property(node) {
      const name = keyOf(node);
      if (name !== 'retry' && name !== 'retries') return;
      const call = above(node, (one) => one.type === 'CallExpression' || one.type === 'ExportDefaultDeclaration');
      const isOfTests = call?.type === 'ExportDefaultDeclaration' || tests.test(dottedName(child(call, 'callee')));
      if (isOfTests && child(node, 'value')?.['value'] !== 0)
        context.report({ node, message: 'No retry: a test that fails sometimes shows a fault.' });
    },
  };
});
