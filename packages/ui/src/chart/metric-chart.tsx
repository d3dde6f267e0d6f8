import { useId } from 'react';

export interface MetricPoint {
  at: string;
  value: number | null;
  isBad: boolean;
}

interface MetricChartProps {
  title: string;
  /** A value as people read it, with its unit. */
  format: (value: number) => string;
  limit: number | null;
  points: readonly MetricPoint[];
}

// The drawing is stretched to the width that there is; lines and dots keep their size.
const span = 100;
const headroom = 1.15;

/** Measurements over time against their limit, with the numbers as a table behind it. */
export function MetricChart({ title, format, limit, points }: MetricChartProps) {
  const titleId = useId();
  const measured = points.flatMap((point, index) => (point.value === null ? [] : [{ ...point, value: point.value, index }]));
  const top = Math.max(limit ?? 0, ...measured.map((point) => point.value)) * headroom || 1;
  const x = (index: number): number => (points.length < 2 ? span / 2 : (index / (points.length - 1)) * span);
  const y = (value: number): number => span - (Math.max(0, value) / top) * span;
  const newest = measured.at(-1);
  return (
    <figure className="min-w-0 rounded-md border border-line p-3">
      <figcaption id={titleId} className="flex flex-wrap items-baseline justify-between gap-x-3 text-xs">
        <span className="font-medium">{title}</span>
        <span className="text-muted tabular-nums">
          {newest === undefined ? (
            'not measured yet'
          ) : (
            <span className={newest.isBad ? 'text-danger-fg font-medium' : 'text-text font-medium'}>{format(newest.value)}</span>
          )}
          {limit !== null && ` · limit ${format(limit)}`}
        </span>
      </figcaption>
      <div className="mt-2 flex gap-2">
        <div aria-hidden className="text-muted relative w-12 shrink-0 text-right text-[0.6875rem] leading-none tabular-nums">
          <span className="absolute right-0 -translate-y-1/2" style={{ top: `${y(top / headroom)}%` }}>
            {format(top / headroom)}
          </span>
          <span className="absolute right-0 bottom-0">{format(0)}</span>
        </div>
        <svg
          viewBox={`0 0 ${span} ${span}`}
          preserveAspectRatio="none"
          role="img"
          aria-labelledby={titleId}
          className="h-20 min-w-0 flex-1 overflow-visible"
        >
          <line x1={0} x2={span} y1={span} y2={span} vectorEffect="non-scaling-stroke" className="stroke-line" />
          {limit !== null && (
            <line
              x1={0}
              x2={span}
              y1={y(limit)}
              y2={y(limit)}
              strokeDasharray="4 3"
              vectorEffect="non-scaling-stroke"
              className="stroke-danger-fg"
            />
          )}
          <polyline
            points={measured.map((point) => `${x(point.index)},${y(point.value)}`).join(' ')}
            vectorEffect="non-scaling-stroke"
            strokeWidth="1.5"
            className="stroke-accent fill-none"
          />
          {measured.map((point) => (
            <Dot key={point.index} x={x(point.index)} y={y(point.value)} isBad={point.isBad} />
          ))}
        </svg>
      </div>
      <Span points={points} />
      <Numbers title={title} points={points} format={format} />
    </figure>
  );
}

/** A line without length and with round ends: the one dot that stays round in a stretched drawing. */
function Dot({ x, y, isBad }: { x: number; y: number; isBad: boolean }) {
  return (
    <line
      x1={x}
      x2={x}
      y1={y}
      y2={y}
      strokeLinecap="round"
      strokeWidth={isBad ? 7 : 4}
      vectorEffect="non-scaling-stroke"
      className={isBad ? 'stroke-danger-fg' : 'stroke-accent'}
    />
  );
}

function Span({ points }: { points: readonly MetricPoint[] }) {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined || first === last) return null;
  return (
    <div aria-hidden className="text-muted mt-1 ml-14 flex justify-between text-[0.6875rem] tabular-nums">
      <span>{clockTime(first.at)}</span>
      <span>{clockTime(last.at)}</span>
    </div>
  );
}

/** The time of day in the viewer's zone: measurements come from the browser's live data and are never drawn on the server. */
function clockTime(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, { timeStyle: 'medium' });
}

function Numbers({ title, points, format }: Pick<MetricChartProps, 'title' | 'points' | 'format'>) {
  return (
    <div className="sr-only">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th>Time</th>
            <th>Value</th>
            <th>Within the limit</th>
          </tr>
        </thead>
        <tbody>
          {points.map((point, index) => (
            <tr key={index}>
              <td>{point.at}</td>
              <td>{point.value === null ? 'none' : format(point.value)}</td>
              <td>{point.isBad ? 'no' : 'yes'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
