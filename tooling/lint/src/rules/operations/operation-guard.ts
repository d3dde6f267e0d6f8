import { child, children, defineRule, dottedName, exportedFunctions, some, type AstNode, type ExportedFunction } from '../ast.ts';
import { placeOf } from '../place.ts';

const opensTransaction = /(?:^|\.)\$?(?:transaction|inTransaction|withTransaction|runInTransaction)$/;
const guards = /(?:^|\.)(?:guard|requireRight|require[A-Z]\w*)$/;
const records = /(?:audit|event|record)/i;

const calls =
  (name: RegExp) =>
  (node: AstNode): boolean =>
    node.type === 'CallExpression' && name.test(dottedName(child(node, 'callee')));

/** `addRun(ctx, tx, …)`: a part of the operation that is given the transaction records in it. */
function handsOn(node: AstNode): boolean {
  if (node.type !== 'CallExpression') return false;
  const names = children(node, 'arguments').map((argument) => dottedName(argument));
  return names.includes('ctx') && names.includes('tx');
}

function faults(found: ExportedFunction): readonly string[] {
  if (!some(found.body, calls(opensTransaction))) return [];
  const first = found.body?.type === 'BlockStatement' ? children(found.body, 'body')[0] : found.body;
  return [
    ...(some(first, calls(guards)) ? [] : [`"${found.name}" opens a transaction: its first statement must be the guard (requireRight).`]),
    ...(some(found.body, calls(records)) || some(found.body, handsOn)
      ? []
      : [`"${found.name}" opens a transaction: it must write its event and its audit entry in it.`]),
  ];
}

/** A guard, not a proof: the tests of each operation pin what is refused and what is recorded. */
export const operationGuard = defineRule('An operation guards itself and records what it did.', (context) => {
  const place = placeOf(context.filename);
  const isVerb = place.workspace === 'packages/operations' && place.inSource.split('/').length === 2;
  if (!isVerb || place.isTest || place.name === 'index.ts') return {};
  return {
    ExportNamedDeclaration(node) {
      for (const found of exportedFunctions(node)) for (const message of faults(found)) context.report({ node: found.node, message });
    },
  };
});
