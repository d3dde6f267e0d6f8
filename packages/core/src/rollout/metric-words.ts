interface Words {
  /** Begins with a small letter where a sentence may go on with it. */
  name: string;
  value: (value: number) => string;
}

const plain = (value: number): string => Number(value.toPrecision(3)).toString();

/** The metrics of Flow's service chart; a share is said in percent. */
const known: Readonly<Record<string, Words>> = {
  'error-rate': { name: 'error rate', value: (value) => `${plain(value * 100)} %` },
  p95: { name: '95th percentile of latency', value: (value) => `${plain(value)} ms` },
};

/** A metric as people call it: its own name where Flow knows none better. */
export function metricName(metric: string): string {
  return Object.hasOwn(known, metric) ? (known[metric]?.name ?? metric) : metric;
}

/** A value of a metric as people read it: with its unit where Flow knows that. */
export function metricValue(metric: string, value: number): string {
  return Object.hasOwn(known, metric) ? (known[metric]?.value(value) ?? plain(value)) : plain(value);
}
