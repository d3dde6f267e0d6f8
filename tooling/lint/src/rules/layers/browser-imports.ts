import { children, defineRule, onImport, textOf, type AstNode, type Import } from '../ast.ts';
import { placeOf } from '../place.ts';

const serverOnly = /^(?:node:|pg$|pino$|server-only$|next\/headers$|next-auth\/jwt$)|\/server\/|\.server\.tsx?$|\/env\.ts$/;

function refusal(found: Import): string | undefined {
  if (found.source.startsWith('@flow/')) {
    const [, name] = found.source.split('/');
    if (name === 'core' || name === 'ui') return undefined;
    if (name === 'api') return found.typeOnly ? undefined : 'of @flow/api the browser may import only types';
    return 'the browser may import only core, ui and types of api';
  }
  return !found.typeOnly && serverOnly.test(found.source) ? 'it is server code' : undefined;
}

function isClient(program: AstNode): boolean {
  return children(program, 'body').some((statement) => textOf(statement, 'directive') === 'use client');
}

/** What is bundled for the browser is decided here, not by what a barrel happens to touch. */
export const browserImports = defineRule('Browser code imports only core, ui and types of api.', (context) => {
  const place = placeOf(context.filename);
  const isUi = place.workspace === 'packages/ui';
  if ((place.workspace !== 'apps/web' && !isUi) || place.isTest) return {};
  let inBrowser = isUi;
  return {
    Program(node) {
      inBrowser ||= isClient(node);
    },
    ...onImport((found) => {
      const reason = inBrowser ? refusal(found) : undefined;
      if (reason !== undefined) context.report({ node: found.node, message: `"${found.source}" cannot go to the browser: ${reason}.` });
    }),
  };
});
