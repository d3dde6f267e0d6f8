/** Bound of one kept line in characters: a longer one is cut, and says how much is missing. */
export const lineCharactersMax = 16_384;

/** Lines in the order in which they came, ready for Postgres: no NUL, no line longer than the bound. */
export interface LineSplitter {
  /** Takes a piece of any size and gives the lines that it completes. */
  push(text: string): string[];
  /** The last line, if the stream did not end with a line feed. */
  end(): string[];
}

/**
 * Splits a stream into lines with bounded memory: of a line that is too long only its beginning is kept while its end is awaited.
 * Bytes that are not text are already U+FFFD when they get here; NUL, which Postgres cannot keep, becomes its visible symbol.
 */
export function createLineSplitter(): LineSplitter {
  let kept = '';
  let dropped = 0;

  const append = (piece: string): void => {
    const room = Math.max(0, lineCharactersMax - kept.length);
    kept += piece.slice(0, room);
    dropped += Math.max(0, piece.length - room);
  };
  const take = (): string => {
    const line = kept.replace(/\r$/, '').replaceAll('\u0000', '\u2400');
    const result = dropped === 0 ? line : `${line} … (${dropped} more characters were not kept)`;
    kept = '';
    dropped = 0;
    return result;
  };

  return {
    push(text) {
      const lines: string[] = [];
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        append(text.slice(start, end));
        lines.push(take());
        start = end + 1;
      }
      append(text.slice(start));
      return lines;
    },
    end() {
      return kept === '' && dropped === 0 ? [] : [take()];
    },
  };
}
