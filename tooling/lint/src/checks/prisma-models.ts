import { filesBelow, textOfFile, type Check, type Finding } from './repository.ts';

const linesMax = 200;

interface Model {
  readonly name: string;
  readonly line: number;
  /** The `///` lines just above. */
  readonly comment: readonly string[];
  readonly body: readonly string[];
}

function commentAbove(lines: readonly string[], start: number): readonly string[] {
  const found: string[] = [];
  for (let line = start - 1; lines[line]?.startsWith('///') === true; line -= 1) found.unshift(lines[line] ?? '');
  return found;
}

function modelsIn(text: string): readonly Model[] {
  const lines = text.split('\n');
  return lines.flatMap((line, start) => {
    const name = /^model\s+(\w+)/.exec(line)?.[1];
    if (name === undefined) return [];
    const end = lines.findIndex((one, index) => index > start && one.startsWith('}'));
    return [{ name, line: start + 1, comment: commentAbove(lines, start), body: lines.slice(start + 1, end === -1 ? undefined : end) }];
  });
}

/** Keys of the model: the fields of each `@@id`, `@@unique`, `@@index`, and each field with an `@id` or `@unique` of its own. */
function keysOf(body: readonly string[]): readonly { text: string; first: string; offset: number }[] {
  return body.flatMap((line, offset) => {
    const block = /^\s*@@(?:id|unique|index)\(\s*(?:fields:\s*)?\[\s*(\w+)/.exec(line);
    const field = /^\s*(\w+)\s.*\s@(?:id|unique)\b/.exec(line);
    const found = block ?? field;
    return found === null ? [] : [{ text: line.trim(), first: found[1] ?? '', offset }];
  });
}

function checkModel(file: string, model: Model): readonly Finding[] {
  const where = `${file}:${String(model.line)}`;
  if (model.comment.length === 0) return [{ where, message: `model ${model.name} has no /// line that says what a row is` }];
  if (model.comment.some((line) => /^\/\/\/ platform-wide: \S+/.test(line))) return [];
  return keysOf(model.body)
    .filter((key) => key.first !== 'tenantId')
    .map((key) => ({
      where: `${file}:${String(model.line + 1 + key.offset)}`,
      message: `a key of ${model.name} does not begin with tenantId: ${key.text} (or say \`/// platform-wide: reason\` above the model)`,
    }));
}

/** Every key of a tenant's table begins with `tenantId`; every model says what a row is; a file holds one area (at most 200 lines). */
export const checkPrismaModels: Check = (root) =>
  filesBelow(root, 'prisma')
    .filter((file) => file.endsWith('.prisma'))
    .flatMap((file) => {
      const text = textOfFile(root, file);
      const lineCount = text.trimEnd().split('\n').length;
      const long =
        lineCount > linesMax ? [{ where: file, message: `${String(lineCount)} lines (at most ${String(linesMax)}): one area a file` }] : [];
      return [...long, ...modelsIn(text).flatMap((model) => checkModel(file, model))];
    });
