'use client';

import { MetricChart } from '@flow/ui/chart';
import type { TargetDetail } from './deployment-detail.ts';

const units: Readonly<Record<string, string>> = { 'error-rate': 'share of requests', p95: 'ms' };
const titles: Readonly<Record<string, string>> = { 'error-rate': 'Error rate', p95: '95th percentile of latency' };

/** The measurements of the canary of one revision, each against its limit. */
export function Metrics({ analyses, podHash }: { analyses: TargetDetail['analyses']; podHash: string }) {
  const metrics = analyses
    .filter((analysis) => podHash === '' || analysis.podHash === podHash)
    .flatMap((analysis) => analysis.metrics.map((metric) => ({ ...metric, key: `${analysis.uid}/${metric.name}` })));
  if (metrics.length === 0) return null;
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {metrics.map((metric) => (
        <MetricChart
          key={metric.key}
          title={`${titles[metric.name] ?? metric.name}: ${metric.phase}`}
          unit={units[metric.name] ?? ''}
          limit={metric.limit}
          points={metric.measurements.map((measurement) => ({
            at: measurement.at,
            value: measurement.value,
            isBad: measurement.phase === 'Failed' || measurement.phase === 'Error',
          }))}
        />
      ))}
    </div>
  );
}
