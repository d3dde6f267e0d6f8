import { expect, test } from 'vitest';
import { openCollector } from '../testing/index.ts';
import { traceOfLog, traced, tracedPart, traceparent } from '../trace/index.ts';
import { openTracing } from './index.ts';

test('work that was left for later hangs in the trace of whoever left it, and a part in the work around it', async () => {
  await using collector = await openCollector();
  let left: string | null = null;
  {
    await using _tracing = openTracing('flow-test', { endpoint: collector.endpoint, share: 1 });
    await traced({ name: 'deployment.promote', role: 'server', attributes: {} }, () => {
      left = traceparent();
      expect(traceOfLog().trace_id).toMatch(/^[0-9a-f]{32}$/);
      return Promise.resolve();
    });
    await traced({ name: 'job deployment', role: 'consumer', attributes: {}, cause: left }, () =>
      tracedPart({ name: 'PATCH rollouts', role: 'client', attributes: {} }, () => Promise.resolve()),
    );
    await tracedPart({ name: 'of nothing', role: 'client', attributes: {} }, () => Promise.resolve());
  }
  const [click, patch, job, ...more] = collector.spans();
  expect(more).toEqual([]);
  expect([click?.name, patch?.name, job?.name]).toEqual(['deployment.promote', 'PATCH rollouts', 'job deployment']);
  expect(new Set([click?.traceId, patch?.traceId, job?.traceId]).size).toBe(1);
  expect(job?.parentSpanId).toBe(click?.spanId);
  expect(patch?.parentSpanId).toBe(job?.spanId);
});

test('work that fails says so with the name of its error, not with a message that may quote', async () => {
  await using collector = await openCollector();
  {
    await using _tracing = openTracing('flow-test', { endpoint: collector.endpoint, share: 1 });
    const failing = traced({ name: 'job run', role: 'consumer', attributes: {} }, () =>
      Promise.reject(new TypeError('postgres://flow:secret@db/flow is not reachable')),
    );
    await expect(failing).rejects.toThrow('not reachable');
  }
  expect(collector.spans()).toMatchObject([{ name: 'job run', status: { code: 2, message: 'TypeError' } }]);
});

test('a share of nothing sends nothing, and a collector that is gone fails nobody', async () => {
  await using collector = await openCollector();
  {
    await using _tracing = openTracing('flow-test', { endpoint: collector.endpoint, share: 0 });
    expect(await traced({ name: 'run.list', role: 'server', attributes: {} }, () => Promise.resolve(7))).toBe(7);
  }
  expect(collector.spans()).toEqual([]);
  {
    await using _tracing = openTracing('flow-test', { endpoint: 'http://127.0.0.1:9', share: 1 });
    expect(await traced({ name: 'run.list', role: 'server', attributes: {} }, () => Promise.resolve(8))).toBe(8);
  }
});

test('without a place nothing is collected, and there is no trace to join a line with', async () => {
  await using _tracing = openTracing('flow-test', null);
  await traced({ name: 'run.list', role: 'server', attributes: {} }, () => {
    expect(traceparent()).toBeNull();
    return Promise.resolve();
  });
});
