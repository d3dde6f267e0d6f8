import { child, children, defineRule, textOf, type AstNode } from '../ast.ts';
import { placeOf } from '../place.ts';

const productWord = /(?:Tenant|Deployment|Pipeline|Promotion|Rollout|Artifact|Approval|Canary|Guardrail|Verdict|StageRun)/;

function exportedNames(statement: AstNode): readonly string[] {
  const declaration = child(statement, 'declaration');
  const declared = [declaration, ...children(declaration, 'declarations')].map((node) => textOf(child(node, 'id'), 'name'));
  return [...declared, ...children(statement, 'specifiers').map((one) => textOf(child(one, 'exported'), 'name'))];
}

/** The design system could live in any product: words of the glossary belong to `apps/web/src/features`. */
export const productWordInUi = defineRule('The design system knows no product word.', (context) => {
  if (placeOf(context.filename).workspace !== 'packages/ui') return {};
  return {
    ExportNamedDeclaration(node) {
      for (const name of exportedNames(node)) {
        if (productWord.test(name))
          context.report({ node, message: `"${name}" is a word of the product: it belongs to apps/web/src/features.` });
      }
    },
  };
});
