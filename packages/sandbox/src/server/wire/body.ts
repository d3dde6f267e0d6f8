import type { IncomingMessage } from 'node:http';
import { parse } from 'yaml';
import { ApiError, badRequest } from '../../store/api-error.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { decodeKubernetesProtobuf } from './protobuf.ts';

/** What a real API server takes at most (etcd keeps objects up to 1.5 MiB; 3 MiB is the request limit). */
const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** The whole body of the request. Throws 413 beyond the limit. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of request) {
    const bytes: Buffer = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    sizeBytes += bytes.length;
    if (sizeBytes > MAX_BODY_BYTES) {
      throw new ApiError(413, 'RequestEntityTooLarge', { message: `Request entity too large: limit is ${MAX_BODY_BYTES}` });
    }
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

/** The media type of a Content-Type header, without its parameters. */
export function mediaType(contentType: string | undefined): string {
  return (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** The object in a body of JSON, YAML or Kubernetes protobuf. */
export function parseObject(contentType: string | undefined, body: Buffer): JsonObject {
  const value = parseValue(mediaType(contentType), body);
  if (!isJsonObject(value)) throw badRequest('the body must be an object');
  return value;
}

/** Any value in a body: a JSON Patch is an array. */
export function parseValue(type: string, body: Buffer): unknown {
  if (type === 'application/vnd.kubernetes.protobuf') return decodeKubernetesProtobuf(body);
  try {
    return type.includes('yaml') ? parse(body.toString('utf8')) : parseJson(body);
  } catch (error) {
    throw badRequest(`the body could not be read as ${type}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Keys that would reach an object's prototype are dropped here, before anything merges them. */
function parseJson(body: Buffer): unknown {
  return JSON.parse(body.toString('utf8'), (key, value: unknown) => (key === '__proto__' ? undefined : value));
}
