import { withoutZeroValues } from '../model/canonical-json.ts';
import type { RunStatus, RunSummary } from './run-spec.ts';

const NAME = new Set(['name', 'phase']);
const NONE = new Set<string>();
const PHASE = new Set(['phase']);

/** The status of an AnalysisRun as it goes over the wire: zero counts and empty texts are left out, as the real engine leaves them out. */
export function toStoredRun(status: RunStatus): Record<string, unknown> {
  const summary = (value: RunSummary | null | undefined) => withoutZeroValues(value ?? {}, NONE);
  return withoutZeroValues(
    {
      ...status,
      runSummary: summary(status.runSummary),
      dryRunSummary: summary(status.dryRunSummary),
      metricResults: status.metricResults.map((result) =>
        withoutZeroValues(
          { ...result, measurements: result.measurements.map((measurement) => withoutZeroValues(measurement, PHASE)) },
          NAME,
        ),
      ),
    },
    PHASE,
  );
}
