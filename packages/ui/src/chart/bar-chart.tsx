import { useId } from 'react';

/** One bar: a stretch of time, and its value; null where there is none to tell, which is not zero. */
export interface Bar {
  label: string;
  value: number | null;
}

interface BarChartProps {
  title: string;
  /** What the value is of, as the head of its column. */
  measure: string;
  bars: readonly Bar[];
  /** A value as people read it, with its unit. */
  format: (value: number) => string;
}

// The drawing is stretched to the width that there is.
const span = 100;
const barShare = 0.7;

/** Values over time as bars, with the numbers as a table behind it. */
export function BarChart({ title, measure, bars, format }: BarChartProps) {
  const titleId = useId();
  const top = Math.max(0, ...bars.map(({ value }) => value ?? 0));
  const width = span / Math.max(1, bars.length);
  return (
    <figure className="min-w-0">
      <figcaption id={titleId} className="sr-only">
        {title}
      </figcaption>
      <div aria-hidden className="text-muted mb-1 h-4 text-[0.6875rem] leading-4 tabular-nums">
        {top > 0 ? `up to ${format(top)}` : ''}
      </div>
      <svg viewBox={`0 0 ${span} ${span}`} preserveAspectRatio="none" role="img" aria-labelledby={titleId} className="h-16 w-full">
        {bars.map(({ value }, index) => {
          const height = top === 0 ? 0 : ((value ?? 0) / top) * span;
          return (
            <rect
              key={index}
              x={index * width + (width * (1 - barShare)) / 2}
              y={span - height}
              width={width * barShare}
              height={height}
              className="fill-accent"
            />
          );
        })}
        <line x1={0} x2={span} y1={span} y2={span} vectorEffect="non-scaling-stroke" className="stroke-line" />
      </svg>
      <div aria-hidden className="text-muted mt-1 flex justify-between text-[0.6875rem] tabular-nums">
        <span>{bars[0]?.label}</span>
        <span>{bars.at(-1)?.label}</span>
      </div>
      <div className="sr-only">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th>When</th>
              <th>{measure}</th>
            </tr>
          </thead>
          <tbody>
            {bars.map(({ label, value }) => (
              <tr key={label}>
                <td>{label}</td>
                <td>{value === null ? 'no data' : format(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
