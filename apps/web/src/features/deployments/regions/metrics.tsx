'use client';

import { metricName, metricValue } from '@flow/core/rollout';
import { MetricChart } from '@flow/ui/chart';
import type { TargetDetail } from '../deployment-detail.ts';

/** What the phase of a metric adds to its chart; while it is measured and well, nothing. */
const remarks: Readonly<Record<string, string>> = {
  Pending: 'starts',
  Successful: 'passed',
  Failed: 'failed',
  Error: 'could not be measured',
  Inconclusive: 'inconclusive',
};

/** The measurements of the canary of one revision, each against its limit. */
export function Metrics({ analyses, podHash }: { analyses: TargetDetail['analyses']; podHash: string }) {
  const metrics = analyses
    .filter((analysis) => podHash === '' || analysis.podHash === podHash)
    .flatMap((analysis) => analysis.metrics.map((metric) => ({ ...metric, key: `${analysis.uid}/${metric.name}` })));
  if (metrics.length === 0) return null;
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      {metrics.map((metric) => {
        const remark = remarks[metric.phase];
        const title = capitalised(metricName(metric.name));
        return (
          <MetricChart
            key={metric.key}
            title={remark === undefined ? title : `${title}: ${remark}`}
            format={(value) => metricValue(metric.name, value)}
            limit={metric.limit}
            points={metric.measurements.map((measurement) => ({
              at: measurement.at,
              value: measurement.value,
              isBad: measurement.phase === 'Failed' || measurement.phase === 'Error',
            }))}
          />
        );
      })}
    </div>
  );
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
