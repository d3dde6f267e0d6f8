import { type FileHandle, open } from 'node:fs/promises';

/** Longest piece that one entry of the log holds, as container runtimes cut it. A longer line is several partial entries. */
const ENTRY_BYTES = 16 * 1024;
const NEWLINE = 0x0a;

export interface LogFileOptions {
  path: string;
  maxBytes: number;
  now: () => Date;
}

/** The log of one container in the format of the container runtime interface: `<time> <stdout|stderr> <F|P> <bytes>`. */
export class LogFile {
  readonly #options: LogFileOptions;
  readonly #file: FileHandle;
  #writtenBytes: number;
  #isCut = false;

  private constructor(options: LogFileOptions, opened: { file: FileHandle; writtenBytes: number }) {
    this.#options = options;
    this.#file = opened.file;
    this.#writtenBytes = opened.writtenBytes;
  }

  /** Opens the file to append to it. */
  static async open(options: LogFileOptions): Promise<LogFile> {
    const file = await open(options.path, 'a');
    const { size } = await file.stat();
    return new LogFile(options, { file, writtenBytes: size });
  }

  /**
   * Writes everything that the source gives until it ends. Holds at most one entry in memory; the source waits while the disk does.
   * Beyond the limit of the file the source is read on and dropped, so that the process never blocks on its own output.
   */
  async take(source: AsyncIterable<Buffer>, stream: 'stdout' | 'stderr'): Promise<void> {
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of source) {
      const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const { entries, from } = this.#cutEntries(data, stream);
      rest = Buffer.from(data.subarray(from));
      await this.#append(entries);
    }
    if (rest.length > 0) await this.#append([this.#entry(rest, stream, 'F')]);
  }

  /** Writes one line of the sandbox's own. */
  async note(text: string): Promise<void> {
    await this.#append([this.#entry(Buffer.from(text), 'stderr', 'F')]);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #cutEntries(data: Buffer, stream: 'stdout' | 'stderr'): { entries: Buffer[]; from: number } {
    const entries: Buffer[] = [];
    let from = 0;
    while (from < data.length) {
      const end = data.indexOf(NEWLINE, from);
      if (end !== -1 && end - from <= ENTRY_BYTES) {
        entries.push(this.#entry(data.subarray(from, end), stream, 'F'));
        from = end + 1;
      } else if (data.length - from > ENTRY_BYTES) {
        entries.push(this.#entry(data.subarray(from, from + ENTRY_BYTES), stream, 'P'));
        from += ENTRY_BYTES;
      } else {
        break;
      }
    }
    return { entries, from };
  }

  #entry(content: Buffer, stream: 'stdout' | 'stderr', tag: 'F' | 'P'): Buffer {
    const head = Buffer.from(`${this.#options.now().toISOString()} ${stream} ${tag} `);
    return Buffer.concat([head, content, Buffer.of(NEWLINE)]);
  }

  async #append(entries: readonly Buffer[]): Promise<void> {
    if (this.#isCut || entries.length === 0) return;
    const batch = Buffer.concat(entries);
    const isTooMuch = this.#writtenBytes + batch.length > this.#options.maxBytes;
    if (isTooMuch) this.#isCut = true;
    const bytes = isTooMuch ? this.#lastWords(entries) : batch;
    this.#writtenBytes += bytes.length;
    await this.#file.appendFile(bytes);
  }

  #lastWords(entries: readonly Buffer[]): Buffer {
    const fitting: Buffer[] = [];
    let left = this.#options.maxBytes - this.#writtenBytes;
    for (const entry of entries) {
      if (entry.length > left) break;
      fitting.push(entry);
      left -= entry.length;
    }
    const note = `[the log is cut here: it has reached ${this.#options.maxBytes} bytes]`;
    return Buffer.concat([...fitting, this.#entry(Buffer.from(note), 'stderr', 'F')]);
  }
}
