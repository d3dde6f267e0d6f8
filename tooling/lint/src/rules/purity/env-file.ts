import { child, defineRule, dottedName, onImport } from '../ast.ts';
import { placeOf } from '../place.ts';

/** Settings are read and checked once, in the `env.ts` of a package; the rest receives values. */
export const envFile = defineRule('The environment is read in env.ts only.', (context) => {
  const place = placeOf(context.filename);
  if (place.name === 'env.ts' || place.isTest || place.workspace.startsWith('tooling/')) return {};
  const message = 'Read the environment in env.ts, with a schema, and pass the value on.';
  return {
    MemberExpression(node) {
      if (dottedName(node) === 'process.env') context.report({ node, message });
    },
    VariableDeclarator(node) {
      const isProcess = dottedName(child(node, 'init')) === 'process';
      if (isProcess && child(node, 'id')?.type === 'ObjectPattern') context.report({ node, message });
    },
    ...onImport((found) => {
      if (found.source === 'node:process' || found.source === 'process') context.report({ node: found.node, message });
    }),
  };
});
