/** One line of a log; `n` counts from 1. */
export interface LogLine {
  n: number;
  text: string;
}

interface Chunk {
  firstLine: number;
  text: string;
}

/**
 * The lines with those of further pieces. A piece whose first line is known already (read twice, or a line that was
 * continued) replaces from there on, so no line stands twice.
 */
export function appendChunks(known: readonly LogLine[], chunks: readonly Chunk[]): LogLine[] {
  let lines = [...known];
  for (const { firstLine, text } of chunks) {
    const last = lines.at(-1)?.n ?? 0;
    if (firstLine <= last) lines = lines.filter((line) => line.n < firstLine);
    const texts = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
    for (const [index, one] of texts.entries()) lines.push({ n: firstLine + index, text: one });
  }
  return lines;
}
