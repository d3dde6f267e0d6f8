import { z } from 'zod';
import { ApiError, badRequest } from '../../store/api-error.ts';
import type { WatchableStore } from '../../store/create-store.ts';
import type { ApiAnswer, ApiRequest } from '../request.ts';
import type { OpenWatches } from '../verbs/watch.ts';
import { parseObject, readBody } from '../wire/body.ts';
import { faultInput, matchesFault, type Faults } from './faults.ts';

/** What the fault endpoint acts on. */
export interface FaultParts {
  store: WatchableStore;
  watches: OpenWatches;
  faults: Faults;
}

/** `POST /sandbox/faults` switches one on, `GET` lists them, `DELETE` clears them all. */
export async function answerFaults(parts: FaultParts, request: ApiRequest): Promise<ApiAnswer> {
  switch (request.method) {
    case 'GET':
      return { status: 200, body: { faults: parts.faults.list() } };
    case 'DELETE':
      parts.faults.clear();
      return { status: 200, body: { faults: [] } };
    case 'POST':
      return addFault(parts, request);
    default:
      throw new ApiError(405, 'MethodNotAllowed', { message: 'faults take GET, POST and DELETE' });
  }
}

async function addFault(parts: FaultParts, request: ApiRequest): Promise<ApiAnswer> {
  const parsed = faultInput.safeParse(parseObject(request.incoming.headers['content-type'], await readBody(request.incoming)));
  if (!parsed.success) throw badRequest(`the fault is not valid: ${z.prettifyError(parsed.error)}`);
  const fault = parsed.data;
  if (fault.kind === 'compact') {
    parts.store.compact();
    return { status: 200, body: { fault } };
  }
  if (fault.kind === 'drop-watch') {
    const dropped = parts.watches.drop((path) => matchesFault(fault.match, 'GET', path));
    return { status: 200, body: { fault, dropped } };
  }
  parts.faults.add(fault);
  return { status: 201, body: { fault } };
}
