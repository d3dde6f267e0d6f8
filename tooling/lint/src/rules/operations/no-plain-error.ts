import { child, defineRule, dottedName, type AstNode } from '../ast.ts';
import { placeOf, serverWorkspaces } from '../place.ts';

const plain = new Set(['Error', 'TypeError', 'RangeError', 'SyntaxError', 'AggregateError']);

/** A plain error says neither whose fault it is nor what may be shown; `FlowError` says both. */
export const noPlainError = defineRule('Faults are FlowError.', (context) => {
  const place = placeOf(context.filename);
  if (!serverWorkspaces.has(place.workspace) || place.isTest) return {};
  const report = (node: AstNode): void => {
    const name = dottedName(child(node, 'callee'));
    if (plain.has(name)) context.report({ node, message: `Use FlowError with its code and a public message, not ${name}.` });
  };
  return { NewExpression: report, CallExpression: report };
});
