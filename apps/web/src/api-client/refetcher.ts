const atMostEveryMs = 50;

export interface Refetcher {
  /** Something has changed: asks again, at once or as soon as the pace allows. */
  want(): void;
  stop(): void;
}

/**
 * Asks again after changes: at once when all is quiet, at most every 50 ms, and never while the last answer is still under way.
 * So a steady stream of changes cannot keep an answer from arriving, and the last change is always followed by a question.
 */
export function createRefetcher(ask: () => Promise<unknown>): Refetcher {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let isWanted = false;
  let isResting = false;

  const start = (): void => {
    isWanted = false;
    isAsking = true;
    isResting = true;
    timer = setTimeout(() => {
      isResting = false;
      goOn();
    }, atMostEveryMs);
    void ask()
      .catch(() => undefined)
      .finally(() => {
        isAsking = false;
        goOn();
      });
  };
  const goOn = (): void => {
    if (isWanted && !isAsking && !isResting) start();
  };
  return {
    want() {
      isWanted = true;
      goOn();
    },
    stop() {
      clearTimeout(timer);
      isWanted = false;
      isResting = true;
    },
  };
}
