import { defineRule } from '../ast.ts';
import { placeOf } from '../place.ts';

const emptyWords = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'lib', 'libs', 'manager', 'managers', 'misc']);
const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** Next's route folders: `[tenant]`, `[...path]`, `(portal)`, `@modal`, `_private`. */
const routeFolder = /^(?:\[{1,2}(?:\.{3})?[a-z0-9-]+\]{1,2}|\([a-z0-9-]+\)|@[a-z0-9-]+|_[a-z0-9-]+)$/i;

function isEmptyWord(part: string): boolean {
  return (
    emptyWords.has(part) ||
    part.split('-').some((word, index, words) => index === words.length - 1 && words.length > 1 && emptyWords.has(word))
  );
}

/** A name that says nothing ends as the folder of everything; folders are kebab-case like files. */
export const bannedName = defineRule('Files and folders say what they hold.', (context) => ({
  Program(node) {
    const segments = placeOf(context.filename).file.split('/');
    const stem = (segments.pop() ?? '').split('.')[0] ?? '';
    for (const part of [...segments, stem]) {
      if (isEmptyWord(part))
        context.report({ node, message: `"${part}" says nothing about what is inside: name the concept, the verb or the doer.` });
    }
    for (const folder of segments) {
      if (!kebab.test(folder) && !routeFolder.test(folder)) context.report({ node, message: `Folder "${folder}" is not kebab-case.` });
    }
  },
}));
