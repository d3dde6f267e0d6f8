import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { badRequest, type KubeObject, type PodLogOptions, type PodLogs } from '../../store/index.ts';
import { endMarkerPath, logPath } from '../model/folders.ts';
import { containerNames, waitingReason } from '../model/pod-view.ts';
import { EntryReader, type LogEntry } from './entries.ts';

const READ_BYTES = 64 * 1024;
const FOLLOW_POLL_MS = 100;

/** Reads the logs that the kubelet keeps under the state folder. A modelled pod writes nothing, so its log is empty. */
export function createPodLogs(stateDir: string): PodLogs {
  return {
    open: (...[pod, container, options, signal]) => {
      refuseUnreadable(pod, container);
      const [main] = containerNames(pod);
      if (container !== '' && container !== main) return nothing();
      return readLog({ path: logPath(stateDir, pod.metadata.uid), endMarker: endMarkerPath(stateDir, pod.metadata.uid) }, options, signal);
    },
  };
}

function refuseUnreadable(pod: KubeObject, container: string): void {
  const names = containerNames(pod);
  if (container !== '' && !names.includes(container)) {
    throw badRequest(`container ${container} is not valid for pod ${pod.metadata.name}`);
  }
  const waiting = waitingReason(pod);
  if (waiting !== undefined) {
    const name = container === '' ? (names[0] ?? '') : container;
    throw badRequest(`container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${waiting}`);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

interface Source {
  path: string;
  endMarker: string;
}

async function* readLog(source: Source, options: PodLogOptions, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let left = options.limitBytes ?? Number.POSITIVE_INFINITY;
  for await (const chunk of lines(source, options, signal)) {
    if (left <= 0) return;
    yield chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= chunk.length;
  }
}

async function* lines(source: Source, options: PodLogOptions, signal: AbortSignal): AsyncGenerator<Buffer> {
  if (!existsSync(source.path)) return;
  const file = await open(source.path, 'r');
  try {
    const skip = options.tailLines === undefined ? 0 : Math.max(0, (await countLines(file, signal)) - options.tailLines);
    const print = createPrinter(options, skip);
    for await (const entries of follow(file, { source, follow: options.follow, signal })) {
      const printed = print(entries);
      if (printed.length > 0) yield printed;
    }
  } finally {
    await file.close();
  }
}

async function countLines(file: FileHandle, signal: AbortSignal): Promise<number> {
  const reader = new EntryReader();
  const buffer = Buffer.alloc(READ_BYTES);
  let count = 0;
  for (let position = 0; !signal.aborted;) {
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    count += reader.push(buffer.subarray(0, bytesRead)).filter((entry) => !entry.isPartial).length;
  }
  return count;
}

/** Entries from the beginning; with `follow`, also those that come, until the pod has ended and all is read. */
async function* follow(file: FileHandle, read: { source: Source; follow: boolean; signal: AbortSignal }): AsyncGenerator<LogEntry[]> {
  const reader = new EntryReader();
  const buffer = Buffer.alloc(READ_BYTES);
  for (let position = 0; !read.signal.aborted;) {
    const hadEnded = existsSync(read.source.endMarker) || !existsSync(read.source.path);
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, position);
    position += bytesRead;
    if (bytesRead > 0) yield reader.push(Buffer.from(buffer.subarray(0, bytesRead)));
    else if (!read.follow || hadEnded) return;
    else await delay(FOLLOW_POLL_MS, undefined, { signal: read.signal }).catch(() => undefined);
  }
}

/** Turns entries into what the reader sees: the wanted lines, with their times where asked for, byte by byte as they were written. */
function createPrinter(options: PodLogOptions, skipLines: number): (entries: readonly LogEntry[]) => Buffer {
  let skipped = 0;
  let isLineStart = true;
  let isWanted = true;
  const since = options.sinceTime?.toISOString();
  const newline = Buffer.from('\n');
  return (entries) => {
    const out: Buffer[] = [];
    for (const entry of entries) {
      if (isLineStart) isWanted = skipped >= skipLines && (since === undefined || entry.time.toString() >= since);
      if (isWanted) {
        if (isLineStart && options.timestamps) out.push(entry.time, Buffer.from(' '));
        out.push(entry.content);
        if (!entry.isPartial) out.push(newline);
      }
      isLineStart = !entry.isPartial;
      if (isLineStart && skipped < skipLines) skipped += 1;
    }
    return Buffer.concat(out);
  };
}
