const UNIT_MS = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

type Unit = keyof typeof UNIT_MS;

function isUnit(text: string): text is Unit {
  return text in UNIT_MS;
}

/** Milliseconds of an Argo duration: a whole number of seconds (`90`), or Go's form with days (`1h30m`, `500ms`, `2d`). Undefined when it is neither. */
export function parseDurationMs(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed) * 1000;
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h|d))+$/.test(trimmed)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g)) {
    if (unit !== undefined && isUnit(unit)) totalMs += Number(amount) * UNIT_MS[unit];
  }
  return totalMs;
}
