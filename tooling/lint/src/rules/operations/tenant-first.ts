import { child, defineRule, dottedName, exportedFunctions, textOf, type AstNode, type ExportedFunction } from '../ast.ts';
import { placeOf } from '../place.ts';

const reads = /^(?:find|list|load|count|page|read|get|exists|search|latest|newest)(?:[A-Z]|$)/;
/** Machinery that works for all tenants at once, and concepts whose models the schema marks as platform-wide. */
const platformWide = /^(?:client|events|jobs|leases|migrations?|seed|testing|generated|cluster|installation|person|session)\//;
const connection = /^(?:Database|Tx|Prisma\.TransactionClient|PrismaClient)$/;

function typeName(parameter: AstNode | undefined): string {
  const type = child(child(parameter, 'typeAnnotation'), 'typeAnnotation');
  return type?.type === 'TSUnionType' ? 'Database' : dottedName(child(type, 'typeName'));
}

function takesTenant({ parameters }: ExportedFunction): boolean {
  const [first, second] = parameters;
  const named = connection.test(typeName(first)) ? second : first;
  return /^(?:tenantId|tenant|scope)$/.test(textOf(named, 'name'));
}

/** Isolation that a person must remember is forgotten once: a query function takes `tenantId` right after its connection. */
export const tenantFirst = defineRule('Query functions take tenantId first.', (context) => {
  const place = placeOf(context.filename);
  if (place.workspace !== 'packages/db' || place.isTest || place.inSource === '' || platformWide.test(place.inSource)) return {};
  const isPlatformWide = (node: AstNode): boolean =>
    context.sourceCode
      .getAllComments()
      .some((comment) => comment.loc.end.line + 1 === node.loc.start.line && /platform-wide: \S+/.test(comment.value));
  return {
    ExportNamedDeclaration(node) {
      for (const found of exportedFunctions(node)) {
        if (!reads.test(found.name) || takesTenant(found) || isPlatformWide(node)) continue;
        context.report({
          node: found.node,
          message: `"${found.name}" takes tenantId right after its connection; where it truly serves all tenants, its docstring says \`platform-wide: reason\`.`,
        });
      }
    },
  };
});
