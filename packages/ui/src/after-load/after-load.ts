const restMs = 1_000;

/**
 * Does something when the page has loaded and rested for a moment: what a person may want next comes then, without keeping what they look at waiting.
 * The returned function gives it up.
 */
export function afterLoad(act: () => void): () => void {
  let timer: number | undefined;
  const rest = (): void => {
    timer = window.setTimeout(act, restMs);
  };
  if (document.readyState === 'complete') rest();
  else window.addEventListener('load', rest, { once: true });
  return () => {
    window.removeEventListener('load', rest);
    window.clearTimeout(timer);
  };
}
