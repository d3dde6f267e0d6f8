export interface DiffLine {
  kind: 'same' | 'added' | 'removed' | 'gap';
  text: string;
}

const context = 3;
/** Beyond this many lines on a side the texts are shown one after the other: a comparison would take too long. */
const linesMax = 4_000;

/** The lines of two texts side by side, by a longest common subsequence, with long unchanged parts left out. */
export function diffLines(before: string, after: string): DiffLine[] {
  const left = toLines(before);
  const right = toLines(after);
  if (left.length > linesMax || right.length > linesMax)
    return [...left.map((text): DiffLine => ({ kind: 'removed', text })), ...right.map((text): DiffLine => ({ kind: 'added', text }))];
  return foldSame(compare(left, right));
}

/** How many lines came and went. */
export function countChanges(lines: readonly DiffLine[]): { added: number; removed: number } {
  const count = (kind: DiffLine['kind']): number => lines.filter((line) => line.kind === kind).length;
  return { added: count('added'), removed: count('removed') };
}

function toLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function compare(left: readonly string[], right: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < left.length - start && end < right.length - start && left[left.length - 1 - end] === right[right.length - 1 - end]) end += 1;
  const same = (text: string): DiffLine => ({ kind: 'same', text });
  const middle = walk(left.slice(start, left.length - end), right.slice(start, right.length - end));
  return [...left.slice(0, start).map(same), ...middle, ...left.slice(left.length - end).map(same)];
}

function walk(left: readonly string[], right: readonly string[]): DiffLine[] {
  const common = commonLengths(left, right);
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < left.length && column < right.length) {
    if (left[row] === right[column]) {
      lines.push({ kind: 'same', text: left[row] ?? '' });
      row += 1;
      column += 1;
    } else if (common(row + 1, column) >= common(row, column + 1)) {
      lines.push({ kind: 'removed', text: left[row] ?? '' });
      row += 1;
    } else {
      lines.push({ kind: 'added', text: right[column] ?? '' });
      column += 1;
    }
  }
  const removed = left.slice(row).map((text): DiffLine => ({ kind: 'removed', text }));
  return [...lines, ...removed, ...right.slice(column).map((text): DiffLine => ({ kind: 'added', text }))];
}

/** Length of the longest common subsequence of what is left from a row and a column on. */
function commonLengths(left: readonly string[], right: readonly string[]): (row: number, column: number) => number {
  const width = right.length + 1;
  const lengths = new Uint16Array((left.length + 1) * width);
  const at = (row: number, column: number): number => lengths[row * width + column] ?? 0;
  for (let row = left.length - 1; row >= 0; row -= 1) {
    for (let column = right.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        left[row] === right[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  return at;
}

function foldSame(lines: readonly DiffLine[]): DiffLine[] {
  const isNear = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some((near) => near.kind !== 'same'),
  );
  const folded: DiffLine[] = [];
  let hidden = 0;
  for (const [index, line] of lines.entries()) {
    if (isNear[index] === true) {
      if (hidden > 0) folded.push({ kind: 'gap', text: hidden === 1 ? '1 unchanged line' : `${hidden} unchanged lines` });
      hidden = 0;
      folded.push(line);
    } else hidden += 1;
  }
  if (hidden > 0) folded.push({ kind: 'gap', text: hidden === 1 ? '1 unchanged line' : `${hidden} unchanged lines` });
  return folded;
}
