const everyMs = 100;

/** Waits until a condition gives something, which an empty text is not; fails with what is there then when it takes too long. */
export async function eventually<T>(what: string, look: () => Promise<T | null | undefined | false>, timeoutMs = 150_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false && found !== '') return found;
    if (Date.now() > end) throw new Error(`It did not come to this in ${timeoutMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
