import { child, defineRule, dottedName } from '../ast.ts';

const mocks = /^(?:vi|jest)\.(?:mock|doMock|unmock|hoisted|setMock|unstable_mockModule)$/;

/** A module mock asserts the call and hides the fault: use a fake that implements the port. */
export const noModuleMock = defineRule('No module mocks.', (context) => ({
  CallExpression(node) {
    const name = dottedName(child(node, 'callee'));
    if (mocks.test(name)) context.report({ node, message: `No ${name}: pass a fake that implements the port.` });
  },
}));
