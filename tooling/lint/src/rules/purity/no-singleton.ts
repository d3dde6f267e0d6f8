import { above, child, defineRule, dottedName, isFunction, textOf, type AstNode } from '../ast.ts';
import { placeOf } from '../place.ts';

const connections = new Set(['PrismaClient', 'Pool', 'Client', 'PrismaPg']);
const contextNames = new Set(['ctx', 'context', 'db', 'tx', 'clock', 'actor']);

/** Who acts, on what and when is passed; a default or a module-wide connection lets a forgotten transaction compile. */
export const noSingleton = defineRule('Context is passed, never defaulted to a singleton.', (context) => {
  const place = placeOf(context.filename);
  if (!/^packages\/(?:operations|api|db|delivery)$|^apps\/worker$/.test(place.workspace) || place.isTest) return {};
  const isConnection = (node: AstNode): boolean => connections.has(dottedName(child(node, 'callee')));
  return {
    NewExpression(node) {
      const isModuleWide = above(node, (one) => isFunction(one) || one.type === 'PropertyDefinition') === undefined;
      if (isModuleWide && isConnection(node))
        context.report({ node, message: 'No connection at module level: whoever starts the process opens it and passes it on.' });
    },
    AssignmentPattern(node) {
      const name = textOf(child(node, 'left'), 'name');
      if (contextNames.has(name)) context.report({ node, message: `"${name}" has no default: the caller passes it.` });
    },
  };
});
