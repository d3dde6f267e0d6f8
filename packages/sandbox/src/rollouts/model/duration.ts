const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const PART = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/y;

/** A Go duration (`1h30m`, `10s`, `1.5m`) in milliseconds; undefined when it is not one. */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0;
  PART.lastIndex = 0;
  let totalMs = 0;
  while (PART.lastIndex < text.length) {
    const part = PART.exec(text);
    if (part === null) return undefined;
    totalMs += Number(part[1]) * (UNIT_MS[part[2] ?? ''] ?? 0);
  }
  return text === '' ? undefined : totalMs;
}

/** The duration of a pause step: a whole number means seconds, anything else is a Go duration. */
export function parsePauseDuration(duration: number | string): number | undefined {
  if (typeof duration === 'number') return duration * 1000;
  return /^\d+$/.test(duration) ? Number(duration) * 1000 : parseGoDuration(duration);
}
