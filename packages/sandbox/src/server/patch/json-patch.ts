import jsonPatch from 'fast-json-patch';
import { z } from 'zod';
import { ApiError, badRequest } from '../../store/api-error.ts';
import { isJsonObject, type JsonObject } from '../wire/json-object.ts';

const pointer = z.string().regex(/^(\/.*)?$/);
const operations = z.array(
  z.discriminatedUnion('op', [
    z.object({ op: z.literal('add'), path: pointer, value: z.unknown() }),
    z.object({ op: z.literal('replace'), path: pointer, value: z.unknown() }),
    z.object({ op: z.literal('test'), path: pointer, value: z.unknown() }),
    z.object({ op: z.literal('remove'), path: pointer }),
    z.object({ op: z.literal('move'), path: pointer, from: pointer }),
    z.object({ op: z.literal('copy'), path: pointer, from: pointer }),
  ]),
);

type Operation = z.infer<typeof operations>[number];

/**
 * RFC 6902. As on a real server, an operation that cannot be applied (a `test` that fails, a path that is not there) is
 * 422 Invalid with no field details, and nothing is changed; a member that is not there can be replaced, and is tested as null.
 */
export function applyJsonPatch(object: JsonObject, patch: unknown): JsonObject {
  const parsed = operations.safeParse(patch);
  if (!parsed.success) throw badRequest(`the JSON patch is not valid: ${z.prettifyError(parsed.error)}`);
  try {
    let patched: unknown = structuredClone(object);
    for (const operation of parsed.data) patched = apply(patched, operation);
    if (isJsonObject(patched)) return patched;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new ApiError(422, 'Invalid', { message: `the server rejected our request due to an error in our request: ${reason}` });
  }
  throw new ApiError(422, 'Invalid', {
    message: 'the server rejected our request due to an error in our request: the patch leaves no object',
  });
}

function apply(document: unknown, operation: Operation): unknown {
  const isMissing = (operation.op === 'replace' || operation.op === 'test') && isMissingMember(document, operation.path);
  if (isMissing && operation.op === 'test' && operation.value === null) return document;
  const asked = isMissing && operation.op === 'replace' ? { ...operation, op: 'add' as const } : operation;
  return jsonPatch.applyOperation<unknown>(document, asked, true, true, true).newDocument;
}

/** The object that would hold it is there, and has no such member. */
function isMissingMember(document: unknown, path: string): boolean {
  const steps = path.split('/').slice(1).map(jsonPatch.unescapePathComponent);
  const last = steps.pop();
  let holder: unknown = document;
  for (const step of steps) holder = isJsonObject(holder) || Array.isArray(holder) ? Reflect.get(holder, step) : undefined;
  return last !== undefined && isJsonObject(holder) && !Object.hasOwn(holder, last);
}
