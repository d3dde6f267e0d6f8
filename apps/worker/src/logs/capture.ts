import type { Database } from '@flow/db/client';
import { eventChannel } from '@flow/db/events';
import type { Announcer } from '@flow/db/events';
import { FlowError } from '@flow/core/fault';
import { appendLog, endLog, keptLineCount, logSource } from '@flow/db/run';
import type { LogSource } from '@flow/db/run';
import { kinds } from '@flow/delivery/cluster';
import type { ClusterClient } from '@flow/delivery/cluster';
import type { Clusters } from '../clusters/clusters.ts';
import type { JobHandler } from '../jobs/run-jobs.ts';
import { createLineSplitter } from './split-lines.ts';
import { z } from 'zod';

const chunkLinesMax = 500;
const chunkCharactersMax = 256 * 1024;
const flushMs = 150;
/** When a log that ended before its container, or has no pod yet, is asked for again. */
const lookAgainMs = 2_000;
/** More than this is not kept of one step: the last line says so. */
const linesMax = 500_000;

export interface LogDependencies {
  db: Database;
  clusters: Clusters;
  announcer: Announcer;
  now: () => Date;
}

/**
 * Follows the log of one step from its start to its end and keeps it, so that it outlives the pod. After a crash it starts at the first line again and
 * passes over as many lines as are kept already: nothing is kept twice and nothing is missed.
 */
export function captureLogs(dependencies: LogDependencies): JobHandler {
  return async (job, signal) => {
    if (job.tenantId === null) return { kind: 'done' };
    const [runId = '', stepId = ''] = job.key.split('/');
    const source = await logSource(dependencies.db, job.tenantId, { runId, stepId });
    if (source === undefined) return { kind: 'done' };
    const { client } = await dependencies.clusters.open(source.clusterId);
    const isEnd = await follow(dependencies, { source, client, signal });
    if (signal.aborted) return { kind: 'retry', message: 'The worker stopped while it followed the log' };
    if (!isEnd) return { kind: 'waiting', until: new Date(dependencies.now().getTime() + lookAgainMs) };
    await endLog(dependencies.db, source);
    return { kind: 'done' };
  };
}

interface Following {
  source: LogSource;
  client: ClusterClient;
  signal: AbortSignal;
}

/** A log stream can end before the container does: when the file is rotated, or the server restarts. */
async function isRunning(client: ClusterClient, source: LogSource): Promise<boolean> {
  const pod = await client.get({ kind: kinds.pods, namespace: source.namespace, name: source.podName });
  const statuses = pod.ok ? (podStatus.safeParse(pod.value).data?.status.containerStatuses ?? []) : [];
  return statuses.some((container) => container.name === 'main' && container.state.running !== undefined);
}

const podStatus = z.object({
  status: z.object({
    containerStatuses: z.array(z.object({ name: z.string(), state: z.object({ running: z.unknown().optional() }) })).default([]),
  }),
});

/** Keeps the log from where it is kept to. False when more of it may come. */
async function follow(dependencies: LogDependencies, following: Following): Promise<boolean> {
  const { source, client, signal } = following;
  const kept = await keptLineCount(dependencies.db, source);
  const splitter = createLineSplitter();
  const sink = createSink(dependencies, source, kept);
  let seenCount = 0;
  const accept = async (lines: readonly string[]): Promise<void> => {
    for (const line of lines) {
      seenCount += 1;
      if (seenCount > kept && seenCount <= linesMax) await sink.add(line);
      if (seenCount === linesMax + 1) await sink.add(`… the log goes on: Flow keeps the first ${linesMax} lines of a step`);
    }
  };
  try {
    const pieces = client.readLog({ namespace: source.namespace, pod: source.podName, container: 'main', follow: true, signal });
    for await (const piece of pieces) await accept(splitter.push(piece));
    // Half a line that is completed later must not be kept as a whole one.
    if (signal.aborted || (await isRunning(client, source))) return false;
    await accept(splitter.end());
    return true;
  } catch (error) {
    if (!(error instanceof FlowError) || error.code !== 'notFound') throw error;
    if (source.isOver) await sink.add('… the pod is gone: Flow could not read its log to the end');
    return source.isOver;
  } finally {
    await sink.flush();
  }
}

interface Sink {
  add(line: string): Promise<void>;
  flush(): Promise<void>;
}

// Lines of a busy log are written together; those of a quiet one within the flush time.
function createSink(dependencies: LogDependencies, source: LogSource, keptCount: number): Sink {
  let lines: string[] = [];
  let characterCount = 0;
  let firstLine = keptCount + 1;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (lines.length === 0) return;
    const chunk = { firstLine, lines };
    firstLine += lines.length;
    lines = [];
    characterCount = 0;
    await appendLog(dependencies.db, source, chunk);
    dependencies.announcer.announce(eventChannel);
  };
  const enqueue = (): Promise<void> => {
    writing = writing.then(write);
    return writing;
  };

  return {
    async add(line) {
      lines.push(line);
      characterCount += line.length;
      if (lines.length >= chunkLinesMax || characterCount >= chunkCharactersMax) await enqueue();
      else timer ??= setTimeout(() => void enqueue().catch(() => undefined), flushMs);
    },
    flush: enqueue,
  };
}
