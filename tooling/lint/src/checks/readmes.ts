import { existsSync } from 'node:fs';
import path from 'node:path';
import { textOfFile, workspacesOf, type Check } from './repository.ts';

const linesMax = 60;

/** Each package has a README of at most 60 lines: what it is, what it may import, where to add what, how to test. */
export const checkReadmes: Check = (root) =>
  workspacesOf(root).flatMap(({ folder }) => {
    const where = `${folder}/README.md`;
    if (!existsSync(path.join(root, where)))
      return [{ where, message: 'missing: say what the package is, what it may import, where to add what, how to test' }];
    const lineCount = textOfFile(root, where).trimEnd().split('\n').length;
    return lineCount > linesMax ? [{ where, message: `${String(lineCount)} lines (at most ${String(linesMax)})` }] : [];
  });
