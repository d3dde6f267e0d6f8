import { child, children, defineRule, dottedName, textOf } from '../ast.ts';
import { placeOf, serverWorkspaces } from '../place.ts';

const statement =
  /^\s*(?:(?:SELECT|select)\s[\s\S]*\s(?:FROM|from)\s|(?:INSERT INTO|insert into)\s|(?:UPDATE|update)\s+\S+\s+(?:SET|set)\s|(?:DELETE FROM|delete from)\s)/;

/** SQL is written in `packages/db`, where the isolation of tenants is tested. */
export const noSqlOutsideDb = defineRule('SQL is written in packages/db only.', (context) => {
  const place = placeOf(context.filename);
  if (!serverWorkspaces.has(place.workspace) || place.workspace === 'packages/db' || place.isTest || place.name.endsWith('.tsx')) return {};
  const message = 'SQL belongs to packages/db: add a query function there, with its isolation test.';
  return {
    TemplateLiteral(node) {
      const raw = children(node, 'quasis').map((part) => {
        const value = part['value'];
        return typeof value === 'object' && value !== null && 'raw' in value ? String(value.raw) : '';
      });
      if (statement.test(raw.join('x'))) context.report({ node, message });
    },
    Literal(node) {
      if (statement.test(textOf(node, 'value'))) context.report({ node, message });
    },
    CallExpression(node) {
      if (/\.\$(?:query|execute)Raw(?:Unsafe)?$/.test(dottedName(child(node, 'callee')))) context.report({ node, message });
    },
    TaggedTemplateExpression(node) {
      if (/\.\$(?:query|execute)Raw$/.test(dottedName(child(node, 'tag')))) context.report({ node, message });
    },
  };
});
