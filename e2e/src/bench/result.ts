/** One line of the table: something measured, what it is held against, and whether the goal is met. */
export interface Result {
  /** Name of the row in the list of goals: `L1`, `R1`, … */
  row: string;
  what: string;
  unit: 'ms' | 'µs' | 'KB' | 'MiB' | '×' | 'tasks' | 'requests';
  flow: number;
  /** What it is compared with in the same run; null where there is nothing like it. */
  peer: string | null;
  peerValue: number | null;
  /** Flow's value by the peer's: below 1 Flow needs less. With rounds it is the median of their ratios. */
  ratio: number | null;
  goal: string;
  met: boolean;
  /** How far the rounds lie apart, relative to their median; null where there are no rounds. */
  spread: number | null;
  /** Rounds that count; 1 for what is not repeated. */
  rounds: number;
}

/** A benchmark: gives one line or several. */
export interface Row {
  name: string;
  run(): Promise<Result[]>;
}

/** The table as text for a terminal and for Markdown alike. */
export function tableOf(results: readonly Result[]): string {
  const head = ['Row', 'What', 'Flow', 'Peer', 'Flow ÷ peer', 'Goal', 'Met', 'Spread', 'Rounds'];
  const body = results.map((result) => [
    result.row,
    result.what,
    withUnit(result.flow, result.unit),
    result.peer === null || result.peerValue === null ? '–' : `${withUnit(result.peerValue, result.unit)} ${result.peer}`,
    result.ratio === null ? '–' : result.ratio.toFixed(2),
    result.goal,
    result.met ? 'yes' : '**no**',
    result.spread === null ? '–' : `${Math.round(result.spread * 100)} %`,
    String(result.rounds),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function withUnit(value: number, unit: Result['unit']): string {
  if (unit === '×') return `×${value.toFixed(2)}`;
  const digits = unit === 'ms' && value < 100 ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`;
}

/** Which of the tables of the document: what runs on the sandbox, or on real clusters. */
export type TableName = 'measured' | 'measured on clusters';

/** Replaces what stands between the markers of a table of the document; lines of rows that were not run now are gone, so run all of them to publish. */
export function withTable(document: string, name: TableName, table: string): string {
  const markers = { begin: `<!-- ${name}: begin -->`, end: `<!-- ${name}: end -->` };
  const [begin, end] = [document.indexOf(markers.begin), document.indexOf(markers.end)];
  if (begin < 0 || end < begin) return `${document.trimEnd()}\n\n${markers.begin}\n\n${table}\n\n${markers.end}\n`;
  return `${document.slice(0, begin)}${markers.begin}\n\n${table}\n\n${document.slice(end)}`;
}
