import { expect, test } from 'vitest';
import type { AnalysisPhase } from '../model/status.ts';
import { assessRun, decideRun, recordMeasurement } from './run-decision.ts';
import { metricSchema, runStatusSchema, type RunSpec, type RunStatus } from './run-spec.ts';

const start = new Date('2026-01-01T00:00:00Z');

function aMetric(parts: Record<string, unknown> = {}) {
  return metricSchema.parse({ name: 'm', interval: '10s', count: 3, provider: { web: { url: 'http://localhost' } }, ...parts });
}

/** Measures one metric again and again, one interval apart. */
function afterMeasurements(spec: RunSpec, phases: readonly AnalysisPhase[], name = 'm'): RunStatus {
  let status = decideRun({ spec, status: runStatusSchema.parse({}), inFlight: new Set() }, start).status;
  for (const phase of phases) {
    status = recordMeasurement(spec, status, {
      name,
      measurement: { phase, finishedAt: '2026-01-01T00:00:00Z', message: phase === 'Error' ? 'boom' : '' },
    });
    status = assessRun(spec, status, start);
  }
  return status;
}

test.each<[Record<string, unknown>, AnalysisPhase[], AnalysisPhase]>([
  [{}, ['Successful', 'Successful'], 'Running'],
  [{}, ['Successful', 'Successful', 'Successful'], 'Successful'],
  [{}, ['Successful', 'Failed'], 'Failed'],
  [{ failureLimit: 1 }, ['Failed', 'Successful', 'Successful'], 'Successful'],
  [{ failureLimit: 1 }, ['Failed', 'Failed'], 'Failed'],
  [{ count: 5, failureLimit: -1, consecutiveSuccessLimit: 2 }, ['Failed', 'Failed', 'Successful', 'Successful'], 'Successful'],
  [{ count: 3, failureLimit: -1, consecutiveSuccessLimit: 2 }, ['Successful', 'Failed', 'Successful'], 'Failed'],
  [
    { count: 5, failureLimit: 2, consecutiveSuccessLimit: 3 },
    ['Failed', 'Successful', 'Successful', 'Failed', 'Successful'],
    'Inconclusive',
  ],
  [{}, ['Inconclusive'], 'Inconclusive'],
  [{ inconclusiveLimit: 1 }, ['Inconclusive', 'Successful', 'Successful'], 'Successful'],
  [{}, ['Error', 'Error', 'Error', 'Error'], 'Running'],
  [{}, ['Error', 'Error', 'Error', 'Error', 'Error'], 'Error'],
  [{ consecutiveErrorLimit: 0 }, ['Error'], 'Error'],
  [{}, ['Error', 'Error', 'Successful', 'Error', 'Error', 'Successful', 'Successful'], 'Successful'],
  [{ count: null, interval: null }, ['Successful'], 'Successful'],
  [{ count: null }, ['Successful', 'Successful', 'Successful', 'Successful'], 'Running'],
])('with %j the measurements %j make the run %s', (parts, phases, phase) => {
  expect(afterMeasurements({ metrics: [aMetric(parts)] }, phases).phase).toBe(phase);
});

test('a metric in dry run never decides', () => {
  const spec: RunSpec = { metrics: [aMetric()], dryRun: [{ metricName: 'm.*' }] };
  const status = afterMeasurements(spec, ['Failed']);
  expect(status).toMatchObject({ phase: 'Successful', dryRunSummary: { count: 1, failed: 1 }, runSummary: { count: 0 } });
});

test('the worst metric decides, and its failure ends the others', () => {
  const spec: RunSpec = { metrics: [aMetric(), aMetric({ name: 'n' })] };
  let status = afterMeasurements(spec, ['Successful']);
  status = recordMeasurement(spec, status, { name: 'n', measurement: { phase: 'Failed', finishedAt: '2026-01-01T00:00:00Z' } });
  expect(assessRun(spec, status, start)).toMatchObject({
    phase: 'Failed',
    metricResults: [
      { name: 'm', phase: 'Successful' },
      { name: 'n', phase: 'Failed' },
    ],
  });
});

test('a run that is told to end before it has measured is successful', () => {
  const spec: RunSpec = { metrics: [aMetric()], terminate: true };
  expect(decideRun({ spec, status: runStatusSchema.parse({}), inFlight: new Set() }, start).status).toMatchObject({
    phase: 'Successful',
    message: 'Run Terminated',
  });
});

test('the first measurement waits for the initial delay, the next for the interval, and after an error for ten seconds', () => {
  const spec: RunSpec = { metrics: [aMetric({ initialDelay: '5s', interval: '1m' })] };
  const at = (status: RunStatus, seconds: number) =>
    decideRun({ spec, status, inFlight: new Set() }, new Date(start.getTime() + seconds * 1000));
  const first = at(runStatusSchema.parse({}), 0);
  expect([first.tasks.length, first.wakeAt?.toISOString()]).toEqual([0, '2026-01-01T00:00:05.000Z']);
  expect(at(first.status, 5).tasks).toHaveLength(1);
  const measured = recordMeasurement(spec, first.status, {
    name: 'm',
    measurement: { phase: 'Successful', finishedAt: '2026-01-01T00:00:05Z' },
  });
  expect(at(measured, 6).wakeAt?.toISOString()).toBe('2026-01-01T00:01:05.000Z');
  const failed = recordMeasurement(spec, first.status, { name: 'm', measurement: { phase: 'Error', finishedAt: '2026-01-01T00:00:05Z' } });
  expect(at(failed, 6).wakeAt?.toISOString()).toBe('2026-01-01T00:00:15.000Z');
});

test('ten measurements of each metric are kept, or as many as retention asks for', () => {
  const many = Array.from({ length: 20 }, (): AnalysisPhase => 'Successful');
  expect(afterMeasurements({ metrics: [aMetric({ count: 30 })] }, many).metricResults[0]?.measurements).toHaveLength(10);
  const retention = [{ metricName: 'm', limit: 15 }];
  expect(
    afterMeasurements({ metrics: [aMetric({ count: 30 })], measurementRetention: retention }, many).metricResults[0]?.measurements,
  ).toHaveLength(15);
});

test.each([
  [{ interval: null }, 'interval must be specified when count > 1'],
  [{ failureLimit: -1 }, 'failureLimit and consecutiveSuccessLimit cannot both be disabled'],
  [{ interval: 'soon' }, 'invalid interval string: soon'],
  [{ provider: {} }, 'no provider specified'],
])('a metric with %j is an error that says why', (parts, message) => {
  const { status } = decideRun({ spec: { metrics: [aMetric(parts)] }, status: runStatusSchema.parse({}), inFlight: new Set() }, start);
  expect(status).toMatchObject({ phase: 'Error', message: `Analysis spec invalid: metrics[0]: ${message}` });
});
