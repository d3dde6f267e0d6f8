import { takeJobs } from '@flow/db/jobs';
import { startRun } from '@flow/operations/pipeline';
import { actAs } from '@flow/operations/testing';
import { openCollector } from '@flow/telemetry/testing';
import { traced } from '@flow/telemetry/trace';
import { openTracing } from '@flow/telemetry/tracing';
import { expect, test } from 'vitest';
import { reconcileRuns } from '../run/reconcile.ts';
import { fakeGit } from '../testing/run-world.ts';
import { createWorkerWorld } from '../testing/worker-world.ts';
import type { WorkerWorld } from '../testing/worker-world.ts';
import { runJob } from './run-jobs.ts';

const definition = `version: 1
stages:
  - name: build
    steps: [{ name: compile, script: make }]
`;

/** Runs every job that is due, as a worker would. */
async function runDue(world: WorkerWorld): Promise<void> {
  const measures = { jobBegins: () => () => undefined };
  const context = { db: world.db, holder: 'w1', log: world.log, random: () => 0, now: world.now, measures };
  const handler = reconcileRuns({ ...world, git: fakeGit(definition), stepImage: 'registry.test/steps' });
  for (const job of await takeJobs(world.db, 'w1', 8)) {
    if (job.kind === 'run') await runJob(context, { job, handler, stopping: new AbortController().signal });
  }
}

test('one trace leads from a click to what it makes on the cluster', async () => {
  await using world = await createWorkerWorld();
  await using collector = await openCollector();
  {
    await using _tracing = openTracing('flow-test', { endpoint: collector.endpoint, share: 1 });
    const developer = actAs(world.db, world.tenant.id, world.tenant.people.developer.actor);
    await traced({ name: 'run.start', role: 'server', attributes: {} }, () =>
      startRun(developer, { serviceId: world.tenant.serviceId, commitSha: 'd'.repeat(40), branch: 'main' }),
    );
    await runDue(world);
  }
  const spans = collector.spans();
  const click = spans.find(({ name }) => name === 'run.start');
  const job = spans.find(({ name }) => name === 'job run');
  const made = spans.find(({ name, attributes }) => name === 'cluster create' && JSON.stringify(attributes).includes('/workflows'));
  expect(click?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(job).toMatchObject({ traceId: click?.traceId, parentSpanId: click?.spanId });
  expect(made).toMatchObject({ traceId: click?.traceId, parentSpanId: job?.spanId });
});
