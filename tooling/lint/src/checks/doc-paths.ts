import { existsSync } from 'node:fs';
import path from 'node:path';
import { filesBelow, textOfFile, workspacesOf, type Check, type Finding } from './repository.ts';

const topFolders = /^(?:apps|packages|tooling|prisma|e2e|docs|deploy|\.ci)\/|^\.{1,2}\/|^src\//;
/** A pattern or a placeholder names no one file: `models/*.prisma`, `operations/<concept>`. */
const isPattern = (text: string): boolean => /[*<>{}…|$\s]/.test(text);

interface Mention {
  readonly text: string;
  readonly line: number;
}

function mentionsIn(markdown: string): readonly Mention[] {
  let inFence = false;
  return markdown.split('\n').flatMap((content, index) => {
    if (content.trimStart().startsWith('```')) inFence = !inFence;
    if (inFence) return [];
    const quoted = [...content.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '').filter((text) => topFolders.test(text));
    const linked = [...content.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '').filter((text) => !/^[a-z]+:|^#|^\//.test(text));
    return [...quoted, ...linked].filter((text) => !isPattern(text)).map((text) => ({ text, line: index + 1 }));
  });
}

/** A path is read from the document's folder, from its package, or from the root. */
function exists(root: string, document: string, mention: string): boolean {
  const target = mention.replace(/[#?].*$/, '').replace(/:\d+(?:-\d+)?$/, '');
  const owner = workspacesOf(root).find(({ folder }) => document.startsWith(`${folder}/`))?.folder ?? '';
  return [path.posix.dirname(document), owner, ''].some((base) => existsSync(path.join(root, base, target)));
}

/** A document names only paths that are there; a path in a code block or with a placeholder is not read. */
export const checkDocPaths: Check = (root) =>
  filesBelow(root, '.')
    .filter((file) => file.endsWith('.md'))
    .flatMap((document): readonly Finding[] =>
      mentionsIn(textOfFile(root, document))
        .filter((mention) => !exists(root, document, mention.text))
        .map((mention) => ({ where: `${document}:${String(mention.line)}`, message: `names "${mention.text}", which is not there` })),
    );
