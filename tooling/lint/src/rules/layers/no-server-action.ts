import { defineRule, textOf } from '../ast.ts';

/** A server action is a door without policy, schema or audit; Flow's doors are tRPC, webhooks and the API token. */
export const noServerAction = defineRule('No server actions.', (context) => ({
  ExpressionStatement(node) {
    if (textOf(node, 'directive') === 'use server')
      context.report({ node, message: 'No server actions: call a procedure, which has a policy.' });
  },
}));
