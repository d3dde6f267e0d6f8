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

/**
 * RFC 6902. As on a real server, an operation that cannot be applied (a `test` that fails, a path that is not there) is
 * 422 Invalid with no field details, and nothing is changed.
 */
export function applyJsonPatch(object: JsonObject, patch: unknown): JsonObject {
  const parsed = operations.safeParse(patch);
  if (!parsed.success) throw badRequest(`the JSON patch is not valid: ${z.prettifyError(parsed.error)}`);
  try {
    const { newDocument } = jsonPatch.applyPatch<unknown>(structuredClone(object), parsed.data, true, true, true);
    if (isJsonObject(newDocument)) return newDocument;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new ApiError(422, 'Invalid', { message: `the server rejected our request due to an error in our request: ${reason}` });
  }
  throw new ApiError(422, 'Invalid', {
    message: 'the server rejected our request due to an error in our request: the patch leaves no object',
  });
}
