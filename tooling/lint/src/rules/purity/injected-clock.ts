import { child, children, defineRule, dottedName } from '../ast.ts';
import { placeOf } from '../place.ts';

const clocked = new Set(['packages/operations', 'packages/api', 'packages/db', 'packages/delivery', 'packages/ui', 'apps/worker']);

/** Time comes from the injected clock (or, in a component, as a property), so that a test can say what time it is. */
export const injectedClock = defineRule('Time comes in from outside.', (context) => {
  const place = placeOf(context.filename);
  if (!clocked.has(place.workspace) || place.isTest || /(?:^|-)clock\.ts$/.test(place.name)) return {};
  const message = 'Take the time from the injected clock; only a file named clock.ts reads the real one.';
  return {
    CallExpression(node) {
      if (dottedName(child(node, 'callee')) === 'Date.now') context.report({ node, message });
    },
    NewExpression(node) {
      if (dottedName(child(node, 'callee')) === 'Date' && children(node, 'arguments').length === 0) context.report({ node, message });
    },
  };
});
