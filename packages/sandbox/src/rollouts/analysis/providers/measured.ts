import { toTime } from '../../../store/index.ts';
import type { Measurement } from '../run-spec.ts';

/** A measurement that could not be made. */
export function failedMeasurement(measurement: Pick<Measurement, 'startedAt' | 'metadata'>, message: string, now: Date): Measurement {
  return { ...measurement, phase: 'Error', message, finishedAt: toTime(now) };
}
