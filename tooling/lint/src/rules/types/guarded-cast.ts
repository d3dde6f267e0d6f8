import { above, child, defineRule, textOf, type AstComment, type AstNode } from '../ast.ts';
import { placeOf } from '../place.ts';

const holder = /(?:Statement|Declaration|PropertyDefinition|MethodDefinition)$/;

function isConst(cast: AstNode): boolean {
  return textOf(child(child(cast, 'typeAnnotation'), 'typeName'), 'name') === 'const';
}

/** A comment of at least three words that ends on the line before one of the given lines. */
function hasGuarantee(comments: readonly AstComment[], lines: readonly number[]): boolean {
  return comments.some((comment) => lines.includes(comment.loc.end.line + 1) && comment.value.trim().split(/\s+/).length >= 3);
}

/** A cast is a promise that the compiler cannot check, so the line above it says why it holds. Parse at the edge instead where data comes in. */
export const guardedCast = defineRule('A cast states its guarantee.', (context) => {
  if (placeOf(context.filename).isTest) return {};
  const check = (node: AstNode): void => {
    if (isConst(node)) return;
    const statement = above(node, (one) => holder.test(one.type));
    const lines = [node.loc.start.line, statement?.loc.start.line ?? node.loc.start.line];
    if (!hasGuarantee(context.sourceCode.getAllComments(), lines)) {
      context.report({
        node,
        message: 'No cast: parse, narrow or use `satisfies`. Where it cannot be avoided, a comment on the line above states why it holds.',
      });
    }
  };
  return { TSAsExpression: check, TSTypeAssertion: check };
});
