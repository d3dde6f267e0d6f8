import { expect, test } from 'vitest';
import { createWebMetrics, createWorkerMetrics } from './index.ts';
import type { JobCount } from './index.ts';

/** The lines of these measures, without what Node tells of itself. */
const linesOf = async (registry: { metrics(): Promise<string> }, pattern: RegExp) =>
  (await registry.metrics()).split('\n').filter((line) => pattern.test(line));

test('calls are counted by procedure and by how they ended', async () => {
  const metrics = createWebMetrics();
  metrics.callBegins({ procedure: 'run.list', kind: 'query' })('OK');
  metrics.callBegins({ procedure: 'run.list', kind: 'query' })('OK');
  metrics.callBegins({ procedure: 'run.list', kind: 'query' })('FORBIDDEN');
  expect(await linesOf(metrics.registry, /^flow_procedure_duration_seconds_count/)).toEqual([
    'flow_procedure_duration_seconds_count{procedure="run.list",kind="query",outcome="OK"} 2',
    'flow_procedure_duration_seconds_count{procedure="run.list",kind="query",outcome="FORBIDDEN"} 1',
  ]);
});

test('viewers are counted when they are asked for', async () => {
  const metrics = createWebMetrics();
  let count = 3;
  metrics.countViewers(() => count);
  expect(await linesOf(metrics.registry, /^flow_stream_viewers/)).toEqual(['flow_stream_viewers 3']);
  count = 0;
  expect(await linesOf(metrics.registry, /^flow_stream_viewers/)).toEqual(['flow_stream_viewers 0']);
});

test('a lag below zero, by the clock of another machine, is none', async () => {
  const metrics = createWebMetrics();
  metrics.eventRead(-5);
  metrics.eventRead(30);
  expect(await linesOf(metrics.registry, /^flow_event_lag_seconds_sum/)).toEqual(['flow_event_lag_seconds_sum 0.03']);
});

test('the queue is told as it is now: what is gone is not told again, nor is anything when it cannot be counted', async () => {
  let answer: () => Promise<readonly JobCount[]> = () => Promise.resolve([{ kind: 'run', state: 'due', count: 7, oldestDueSeconds: 12.5 }]);
  const { registry } = createWorkerMetrics(() => answer());
  const queue = () => linesOf(registry, /^flow_jobs?_?(\{|oldest)/);
  expect(await queue()).toEqual(['flow_jobs{kind="run",state="due"} 7', 'flow_job_oldest_due_seconds{kind="run"} 12.5']);
  answer = () => Promise.reject(new Error('the database does not answer'));
  expect(await queue()).toEqual([]);
});

test('a watch tells its changes, its lists and whether it lives', async () => {
  const metrics = createWorkerMetrics(() => Promise.resolve([]));
  const watch = { cluster: 'eu-west', resource: 'rollouts' };
  metrics.listed(watch);
  metrics.followed(watch, true);
  metrics.changesCame(watch, 4)();
  expect(await linesOf(metrics.registry, /^flow_watch_(changes_total|lists_total|live|commit_seconds_count)/)).toEqual([
    'flow_watch_changes_total{cluster="eu-west",resource="rollouts"} 4',
    'flow_watch_commit_seconds_count{cluster="eu-west",resource="rollouts"} 1',
    'flow_watch_lists_total{cluster="eu-west",resource="rollouts"} 1',
    'flow_watch_live{cluster="eu-west",resource="rollouts"} 1',
  ]);
});
