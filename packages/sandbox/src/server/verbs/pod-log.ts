import { once } from 'node:events';
import { ApiError, badRequest } from '../../store/api-error.ts';
import type { KubeObject } from '../../store/object.ts';
import type { PodLogOptions, PodLogs } from '../../store/pod-logs.ts';
import type { Clock } from '../../store/store.ts';
import type { ApiRequest, ServerParts, Target } from '../request.ts';
import { listAt, textAt } from '../wire/json-object.ts';
import { requireObject } from './read.ts';
import { isTrue } from './watch.ts';

const QUIET_BEFORE_HEADERS_MS = 200;

/** GET of `pods/{name}/log`: the bytes as the container wrote them, streamed while `follow` is asked for. */
export async function streamPodLog(parts: ServerParts, request: ApiRequest, target: Target): Promise<void> {
  const pod = requireObject(parts, { ...target });
  if (parts.podLogs === undefined)
    throw new ApiError(501, 'NotImplemented', { message: 'this sandbox cluster runs no pods, so it has no logs' });
  if (isTrue(request.query.get('previous'))) {
    throw badRequest(`previous terminated container "${request.query.get('container') ?? ''}" in pod "${pod.metadata.name}" not found`);
  }
  const container = chooseContainer(pod, request.query.get('container'));
  await stream(request, parts.clock, parts.podLogs.open(pod, container, logOptions(parts, request.query), request.signal));
}

async function stream(request: ApiRequest, clock: Clock, chunks: ReturnType<PodLogs['open']>): Promise<void> {
  const { response, signal } = request;
  // A refusal comes before the headers and so becomes a status; a quiet container must not keep the client waiting for them.
  const iterator = chunks[Symbol.asyncIterator]();
  const first = iterator.next();
  const early = await Promise.race([first, quietFor(clock, QUIET_BEFORE_HEADERS_MS)]);
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private' });
  response.flushHeaders();
  try {
    let next = early ?? (await first);
    while (next.done !== true && !signal.aborted && !response.destroyed) {
      if (!response.write(next.value)) await once(response, 'drain', { signal });
      next = await iterator.next();
    }
  } catch (error) {
    // The status has gone out: what is left is to cut the stream, so that the client does not take it for whole.
    if (!signal.aborted) response.destroy(error instanceof Error ? error : undefined);
  } finally {
    await iterator.return?.();
    response.end();
  }
}

async function quietFor(clock: Clock, ms: number): Promise<undefined> {
  await new Promise<void>((resolve) => {
    clock.after(ms, resolve);
  });
  return undefined;
}

function chooseContainer(pod: KubeObject, asked: string | null): string {
  const names = [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')].map((container) =>
    textAt(container, 'name'),
  );
  if (asked !== null && asked !== '') {
    if (!names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
    return asked;
  }
  const marked = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (marked !== undefined && names.includes(marked)) return marked;
  const [only, ...others] = names;
  if (only === undefined || others.length > 0) {
    throw badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`);
  }
  return only;
}

function logOptions(parts: ServerParts, query: URLSearchParams): PodLogOptions {
  const tailLines = count(query, 'tailLines');
  const limitBytes = count(query, 'limitBytes');
  const sinceSeconds = count(query, 'sinceSeconds');
  const sinceTime = query.get('sinceTime');
  const since =
    sinceTime === null
      ? sinceSeconds === undefined
        ? undefined
        : new Date(parts.clock.now().getTime() - sinceSeconds * 1000)
      : new Date(sinceTime);
  if (since !== undefined && Number.isNaN(since.getTime())) throw badRequest(`sinceTime: "${sinceTime ?? ''}" is not a time`);
  return {
    follow: isTrue(query.get('follow')),
    timestamps: isTrue(query.get('timestamps')),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(since === undefined ? {} : { sinceTime: since }),
  };
}

function count(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`${name}: "${text}" must be a whole number`);
  return Number(text);
}
