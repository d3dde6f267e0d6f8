import { above, child, children, defineRule, dottedName, textOf, type AstNode } from '../ast.ts';
import { placeOf } from '../place.ts';

const sleeps = /^(?:sleep|delay|.*\.waitForTimeout|timers\.setTimeout|Bun\.sleep)$/;

function isPromiseOf(node: AstNode): boolean {
  return node.type === 'NewExpression' && dottedName(child(node, 'callee')) === 'Promise';
}

/** A fixed sleep asserts luck: wait for the condition. Only `eventually.ts`, which polls a condition, may hold a timer. */
export const noSleepInTest = defineRule('No fixed sleeps in tests.', (context) => {
  const place = placeOf(context.filename);
  if (!place.isTest || place.name === 'eventually.ts') return {};
  const message = 'No fixed sleep: wait for the condition (eventually) or move the fake clock.';
  return {
    CallExpression(node) {
      const name = dottedName(child(node, 'callee'));
      const isTimer = /(?:^|\.)setTimeout$/.test(name) && above(node, isPromiseOf) !== undefined;
      if (isTimer || sleeps.test(name)) context.report({ node, message });
    },
    ImportDeclaration(node) {
      if (textOf(child(node, 'source'), 'value') !== 'node:timers/promises') return;
      if (children(node, 'specifiers').length > 0) context.report({ node, message });
    },
  };
});
