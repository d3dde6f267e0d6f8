import { child, children, defineRule, dottedName, propertyOf } from '../ast.ts';
import { placeOf, serverWorkspaces } from '../place.ts';

/** A call to another machine ends: by its answer, its timeout or the end of the process. */
export const boundedCall = defineRule('Every external call has a named timeout.', (context) => {
  const place = placeOf(context.filename);
  if (!serverWorkspaces.has(place.workspace) || place.isTest || place.name.endsWith('.tsx')) return {};
  return {
    CallExpression(node) {
      const name = dottedName(child(node, 'callee'));
      if (name !== 'fetch' && name !== 'globalThis.fetch') return;
      const options = children(node, 'arguments')[1];
      const isLiteral = options === undefined || options.type === 'ObjectExpression';
      const hasSpread = children(options, 'properties').some((property) => property.type === 'SpreadElement');
      if (isLiteral && !hasSpread && propertyOf(options, 'signal') === undefined)
        context.report({ node, message: 'Pass `signal`: an external call has a timeout and ends with its caller.' });
    },
  };
});
