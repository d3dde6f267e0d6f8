export interface LogPage {
  chunks: readonly { firstLine: number; text: string }[];
  nextOrdinal: number;
  hasMore: boolean;
}

interface LogReaderPorts {
  /** The pieces after the given one (-1 for the start). */
  readPage: (afterOrdinal: number) => Promise<LogPage>;
  onPage: (page: LogPage) => void;
  /** The end was reached for now. */
  onEnd: () => void;
  onError: (error: unknown) => void;
}

export interface LogReader {
  /** Reads on to the end. While it reads, a further wish is read at its end: no two pages are under way at once. */
  readOn: () => Promise<void>;
  /** Nothing is told after this. */
  stop: () => void;
}

/** Reads a log page by page, in order and each piece once. After an error the next wish goes on where it stopped. */
export function createLogReader(ports: LogReaderPorts): LogReader {
  const place = { after: -1, isReading: false, isAsked: false, isStopped: false };
  const mayRead = (): boolean => place.isAsked && !place.isStopped;
  const readToEnd = async (): Promise<void> => {
    while (mayRead()) {
      const page = await ports.readPage(place.after);
      if (!mayRead()) return;
      place.after = page.nextOrdinal;
      place.isAsked = page.hasMore;
      ports.onPage(page);
    }
  };
  const readOn = async (): Promise<void> => {
    wishes += 1;
    if (place.isReading) return;
    place.isReading = true;
    try {
      let seen: number;
      do {
        seen = wishes;
        place.isAsked = true;
        await readToEnd();
      } while (seen !== wishes && !place.isStopped);
      if (!place.isStopped) ports.onEnd();
    } catch (error) {
      if (!place.isStopped) ports.onError(error);
    } finally {
      place.isReading = false;
    }
  };
  let wishes = 0;
  return {
    readOn,
    stop: () => {
      place.isStopped = true;
    },
  };
}
