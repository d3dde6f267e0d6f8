import { defineRule } from '../ast.ts';

const suppression = /^\s*(?:oxlint|eslint)-disable/;

/** Whoever switches a rule off names the rule and says why: `-- reason` of at least three words. */
export const explainedSuppression = defineRule('A suppression names its rule and its reason.', (context) => ({
  Program() {
    for (const comment of context.sourceCode.getAllComments()) {
      if (!suppression.test(comment.value)) continue;
      const [head = '', reason = ''] = comment.value.split(' -- ');
      const namesRule = head.trim().split(/\s+/).length > 1;
      if (!namesRule || reason.trim().split(/\s+/).length < 3)
        context.report({ node: comment, message: 'Name the rule that is switched off and say why: `-- reason`.' });
    }
  },
}));
