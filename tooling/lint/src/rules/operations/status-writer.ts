import { child, children, defineRule, dottedName, keyOf, propertyOf, textOf, type AstNode } from '../ast.ts';
import { placeOf, serverWorkspaces } from '../place.ts';

const statusColumns = new Set(['state', 'status', 'phase']);
const updates = /\.(?:update|updateMany|updateManyAndReturn|upsert)$/;
const updateSql = /\bupdate\b[\s\S]*?\bset\b([\s\S]*?)(?:\bwhere\b|\breturning\b|$)/i;
const setsStatus = /(?:^|[\s,(."])(?:state|status|phase)"?\s*=/i;

function writesStatus(call: AstNode): boolean {
  if (!updates.test(dottedName(child(call, 'callee')))) return false;
  const [options] = children(call, 'arguments');
  return ['data', 'update'].some((field) => {
    const values = child(propertyOf(options, field), 'value');
    return children(values, 'properties').some((property) => statusColumns.has(keyOf(property)));
  });
}

function sqlOf(template: AstNode): string {
  return children(template, 'quasis')
    .map((part) => {
      const value = part['value'];
      return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : '';
    })
    .join('$');
}

/** Two writers of a status are two truths: `packages/db/src/<concept>/save*.ts` checks the version and the transition table. */
export const statusWriter = defineRule('One writer per status column.', (context) => {
  const place = placeOf(context.filename);
  const isWriter = place.workspace === 'packages/db' && /^[^/]+\/save[^/]*\.ts$/.test(place.inSource);
  if (!serverWorkspaces.has(place.workspace) || isWriter || place.isTest) return {};
  const message = 'Only packages/db/src/<concept>/save*.ts writes a status: it checks the version and the transition.';
  const inSql = (node: AstNode, sql: string): void => {
    if (setsStatus.test(updateSql.exec(sql)?.[1] ?? '')) context.report({ node, message });
  };
  return {
    CallExpression(node) {
      if (writesStatus(node)) context.report({ node, message });
    },
    TemplateLiteral: (node) => inSql(node, sqlOf(node)),
    Literal: (node) => inSql(node, textOf(node, 'value')),
  };
});
