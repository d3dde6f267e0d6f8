import { useId } from 'react';

export interface MetricPoint {
  at: string;
  value: number | null;
  isBad: boolean;
}

const width = 320;
const height = 96;
const left = 44;
const bottom = 16;

/** Measurements over time against their limit, with the numbers as a table behind it. */
export function MetricChart({
  title,
  unit,
  limit,
  points,
}: {
  title: string;
  unit: string;
  limit: number | null;
  points: readonly MetricPoint[];
}) {
  const titleId = useId();
  const measured = points.flatMap((point, index) => (point.value === null ? [] : [{ ...point, value: point.value, index }]));
  const top = Math.max(limit ?? 0, ...measured.map((point) => point.value)) * 1.15 || 1;
  const x = (index: number): number => left + 6 + (points.length < 2 ? 0.5 : index / (points.length - 1)) * (width - left - 14);
  const y = (value: number): number => (height - bottom) * (1 - value / top) + 4;
  const newest = measured.at(-1);
  return (
    <figure className="min-w-0 rounded-md border border-line p-3">
      <figcaption id={titleId} className="flex flex-wrap justify-between gap-2 text-xs">
        <span className="font-medium">{title}</span>
        <span className="text-muted tabular-nums">
          {newest === undefined ? 'not measured yet' : `${short(newest.value)} ${unit}`}
          {limit !== null && ` · limit ${short(limit)}`}
        </span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby={titleId} className="mt-1 w-full">
        <text x={left - 4} y={y(top / 1.15) + 3} textAnchor="end" className="fill-muted text-[9px]">
          {short(top / 1.15)}
        </text>
        <text x={left - 4} y={y(0) + 3} textAnchor="end" className="fill-muted text-[9px]">
          0
        </text>
        <line x1={left} x2={width - 8} y1={y(0)} y2={y(0)} className="stroke-line" />
        {limit !== null && <line x1={left} x2={width - 8} y1={y(limit)} y2={y(limit)} strokeDasharray="4 3" className="stroke-danger-fg" />}
        <polyline
          points={measured.map((point) => `${x(point.index)},${y(point.value)}`).join(' ')}
          className="fill-none stroke-accent"
          strokeWidth="1.5"
        />
        {measured.map((point) => (
          <circle
            key={point.index}
            cx={x(point.index)}
            cy={y(point.value)}
            r={point.isBad ? 3.5 : 2}
            className={point.isBad ? 'fill-danger-fg' : 'fill-accent'}
          />
        ))}
      </svg>
      <div className="sr-only">
        <table>
          <caption>{title}</caption>
          <thead>
            <tr>
              <th>Time</th>
              <th>Value in {unit}</th>
              <th>Within the limit</th>
            </tr>
          </thead>
          <tbody>
            {points.map((point, index) => (
              <tr key={index}>
                <td>{point.at}</td>
                <td>{point.value ?? 'none'}</td>
                <td>{point.isBad ? 'no' : 'yes'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
