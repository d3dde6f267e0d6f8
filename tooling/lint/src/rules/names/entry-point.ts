import { child, children, defineRule, textOf } from '../ast.ts';
import { placeOf } from '../place.ts';

/** An index is the list of what a concept shows: it re-exports what is in its own folder, holds no code, and never stands at the root of a package. */
export const entryPoint = defineRule('An index re-exports only its own folder.', (context) => ({
  Program(node) {
    const place = placeOf(context.filename);
    if (place.name !== 'index.ts' && place.name !== 'index.tsx') return;
    if (place.workspace.startsWith('packages/') && place.inSource === place.name) {
      context.report({ node, message: 'No root barrel: a package exports one entry point for each concept.' });
    }
    for (const statement of children(node, 'body')) {
      const source = textOf(child(statement, 'source'), 'value');
      const isReExport = statement.type === 'ExportAllDeclaration' || (statement.type === 'ExportNamedDeclaration' && source !== '');
      if (!isReExport)
        context.report({ node: statement, message: 'An index only re-exports: move this code to a file named after what it is.' });
      else if (!source.startsWith('./'))
        context.report({ node: statement, message: `An index re-exports only files of its own folder, not "${source}".` });
    }
  },
}));
