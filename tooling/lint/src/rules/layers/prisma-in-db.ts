import { child, defineRule, dottedName, textOf } from '../ast.ts';
import { placeOf, serverWorkspaces } from '../place.ts';

const query =
  /(?:^|\.)(?:tx|db|database|transaction)\.\w+\.(?:find(?:Many|First|Unique)(?:OrThrow)?|create(?:Many)?(?:AndReturn)?|update(?:Many)?(?:AndReturn)?|upsert|delete(?:Many)?|count|aggregate|groupBy)$/;

/** Rows stay in `packages/db`: it returns core's types by functions that take the tenant, so isolation is tested in one place. */
export const prismaInDb = defineRule('Prisma is used in packages/db only.', (context) => {
  const place = placeOf(context.filename);
  if (!serverWorkspaces.has(place.workspace) || place.workspace === 'packages/db' || place.isTest) return {};
  const message = 'Rows stay in packages/db: add a query or save function there and call it.';
  return {
    CallExpression(node) {
      if (query.test(dottedName(child(node, 'callee')))) context.report({ node, message });
    },
    MemberExpression(node) {
      // Handing the client on to a query function, as its reader, is what it is there for.
      if (textOf(child(child(node, 'object'), 'property'), 'name') === 'prisma') context.report({ node, message });
    },
  };
});
