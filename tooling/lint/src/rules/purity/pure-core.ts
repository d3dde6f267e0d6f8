import { child, children, defineRule, dottedName, onImport, textOf, type AstNode, type RuleContext, type Visitor } from '../ast.ts';
import { placeOf } from '../place.ts';

const impureCalls = new Set([
  'Date',
  'Date.now',
  'Math.random',
  'performance.now',
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'fetch',
  'queueMicrotask',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'globalThis.setTimeout',
  'globalThis.setInterval',
  'globalThis.fetch',
]);

function noImpureCalls(context: RuleContext): Visitor {
  return {
    CallExpression(node) {
      const name = dottedName(child(node, 'callee'));
      if (impureCalls.has(name))
        context.report({ node, message: `core has no clock, randomness or I/O: take what "${name}" gives as an argument.` });
    },
    NewExpression(node) {
      const name = dottedName(child(node, 'callee'));
      if (name === 'Date' && children(node, 'arguments').length === 0)
        context.report({ node, message: 'core has no clock: take `now` as an argument.' });
    },
  };
}

function noPromises(context: RuleContext): Visitor {
  const message = 'core has no promise: it decides from what was loaded, and the caller does the waiting.';
  const noAsync = (node: AstNode): void => {
    if (node['async'] === true) context.report({ node, message });
  };
  return {
    FunctionDeclaration: noAsync,
    FunctionExpression: noAsync,
    ArrowFunctionExpression: noAsync,
    AwaitExpression: (node) => context.report({ node, message }),
    Identifier(node) {
      if (textOf(node, 'name') === 'Promise') context.report({ node, message });
    },
  };
}

/** `core` decides from its arguments alone, so that preview, start, wave and backtest can share one function. */
export const pureCore = defineRule('core has no I/O, no clock, no randomness, no promise.', (context) => {
  const place = placeOf(context.filename);
  if (place.workspace !== 'packages/core' || place.isTest) return {};
  return {
    ...noImpureCalls(context),
    ...noPromises(context),
    ...onImport(({ source, node }) => {
      if (source.startsWith('node:')) context.report({ node, message: `core has no I/O: "${source}" belongs to a package that acts.` });
    }),
  };
});
