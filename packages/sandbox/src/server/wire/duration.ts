/** Age as kubectl writes it: `45s`, `12m`, `3h5m`, `2d4h`, `40d` (k8s.io/apimachinery/pkg/util/duration.HumanDuration). */
export function humanDuration(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 120) return `${Math.max(0, seconds)}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return withRest(minutes, 'm', { rest: seconds % 60, unit: 's' });
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return withRest(hours, 'h', { rest: minutes % 60, unit: 'm' });
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return withRest(days, 'd', { rest: hours % 24, unit: 'h' });
  if (days < 730) return `${days}d`;
  return `${Math.floor(days / 365)}y`;
}

function withRest(count: number, unit: string, smaller: { rest: number; unit: string }): string {
  return smaller.rest === 0 ? `${count}${unit}` : `${count}${unit}${smaller.rest}${smaller.unit}`;
}
