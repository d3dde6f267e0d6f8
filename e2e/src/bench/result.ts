/** One line of the table: something measured, what it is held against, and whether the goal is met. */
export interface Result {
  /** Name of the row in the list of goals: `L1`, `R1`, … */
  row: string;
  what: string;
  flow: string;
  /** What it is compared with, in the same run where that is possible. */
  peer: string;
  goal: string;
  isMet: boolean;
  /** How far the rounds lie apart, relative to their median; null where there are no rounds. */
  spread: number | null;
}

/** A benchmark: gives one line or several. */
export interface Row {
  name: string;
  run(): Promise<Result[]>;
}

/** The table as text for a terminal and for Markdown alike. */
export function tableOf(results: readonly Result[]): string {
  const head = ['Row', 'What', 'Flow', 'Beside', 'Goal', 'Met', 'Spread'];
  const body = results.map((result) => [
    result.row,
    result.what,
    result.flow,
    result.peer,
    result.goal,
    result.isMet ? 'yes' : '**no**',
    result.spread === null ? '–' : `${Math.round(result.spread * 100)} %`,
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

const markers = { begin: '<!-- measured: begin -->', end: '<!-- measured: end -->' };

/** Replaces what stands between the markers of the document; lines of rows that were not run now are gone, so run all of them to publish. */
export function withTable(document: string, table: string): string {
  const [begin, end] = [document.indexOf(markers.begin), document.indexOf(markers.end)];
  if (begin < 0 || end < begin) return `${document.trimEnd()}\n\n${markers.begin}\n\n${table}\n\n${markers.end}\n`;
  return `${document.slice(0, begin)}${markers.begin}\n\n${table}\n\n${document.slice(end)}`;
}
