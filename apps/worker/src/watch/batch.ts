/** Collects items and hands them over in batches: the first one after a quiet time at once, the following ones of a burst together. */
export interface Batcher<Item> {
  add(item: Item): void;
  /** Resolves when everything that was added has been handed over. */
  drain(): Promise<void>;
}

export interface BatcherOptions<Item> {
  /** Items with the same key replace each other while they wait: the last state wins. */
  keyOf: (item: Item) => string;
  flush: (items: readonly Item[]) => Promise<void>;
  onError: (error: unknown) => void;
  maxItems?: number;
  windowMs?: number;
  retryMs?: number;
}

/**
 * At most one flush runs at a time; what arrives meanwhile goes into the next one. A flush that fails is tried again with what has arrived since,
 * so that nothing is lost and the order of one key is kept. The memory is bounded by the number of distinct keys.
 */
export function createBatcher<Item>(options: BatcherOptions<Item>): Batcher<Item> {
  const { keyOf, flush, onError, maxItems = 500, windowMs = 20, retryMs = 500 } = options;
  const waiting = new Map<string, Item>();
  let current: Promise<void> | undefined;

  const loop = async (): Promise<void> => {
    while (waiting.size > 0) {
      const taken = [...waiting].slice(0, maxItems);
      for (const [key] of taken) waiting.delete(key);
      try {
        await flush(taken.map(([, item]) => item));
        await pause(windowMs);
      } catch (error) {
        for (const [key, item] of taken) if (!waiting.has(key)) waiting.set(key, item);
        onError(error);
        await pause(retryMs);
      }
    }
  };

  const run = (): void => {
    current ??= loop().finally(() => {
      current = undefined;
      if (waiting.size > 0) run();
    });
  };

  return {
    add(item) {
      const key = keyOf(item);
      waiting.delete(key);
      waiting.set(key, item);
      run();
    },
    async drain() {
      while (current !== undefined) await current;
    },
  };
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs);
  });
}
