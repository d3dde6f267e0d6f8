/** One entry of a container's log. */
export interface LogEntry {
  time: Buffer;
  /** The line goes on in the next entry. */
  isPartial: boolean;
  content: Buffer;
}

const NEWLINE = 0x0a;
const SPACE = 0x20;
const PARTIAL = 0x50;

/** Takes bytes of a log file as they come and gives the whole entries in them. */
export class EntryReader {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): LogEntry[] {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const entries: LogEntry[] = [];
    let from = 0;
    for (let end = data.indexOf(NEWLINE, from); end !== -1; end = data.indexOf(NEWLINE, from)) {
      entries.push(parseEntry(data.subarray(from, end)));
      from = end + 1;
    }
    this.#rest = Buffer.from(data.subarray(from));
    return entries;
  }
}

function parseEntry(line: Buffer): LogEntry {
  const afterTime = line.indexOf(SPACE);
  const afterStream = line.indexOf(SPACE, afterTime + 1);
  return { time: line.subarray(0, afterTime), isPartial: line[afterStream + 1] === PARTIAL, content: line.subarray(afterStream + 3) };
}
