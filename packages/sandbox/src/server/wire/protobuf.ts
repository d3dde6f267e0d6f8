import protobuf from 'protobufjs';
import { ApiError, badRequest } from '../../store/api-error.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { EMBEDDED, kubernetesMessages } from './protobuf-types.ts';

/** The four bytes before every Kubernetes protobuf body. */
const MAGIC = Buffer.from('k8s\0', 'latin1');

const META = '.k8s.io.apimachinery.pkg.apis.meta.v1';

/** How a message with a JSON form of its own is written. Undefined leaves the field out. */
const WRITTEN_OTHERWISE: Readonly<Record<string, (message: JsonObject) => unknown>> = {
  [`${META}.Time`]: (message) => toTimestamp(message, 0),
  [`${META}.MicroTime`]: (message) => toTimestamp(message, 6),
  [`${META}.FieldsV1`]: (message) => parseJsonBytes(message['Raw']),
  [`${META}.Verbs`]: (message) => message['items'],
  '.k8s.io.apimachinery.pkg.api.resource.Quantity': (message) => message['string'],
  '.k8s.io.apimachinery.pkg.util.intstr.IntOrString': (message) =>
    Number(message['type'] ?? 0) === 0 ? Number(message['intVal'] ?? 0) : message['strVal'],
  '.k8s.io.apimachinery.pkg.runtime.RawExtension': (message) => parseJsonBytes(message['raw']),
};

/**
 * Turns a body of `application/vnd.kubernetes.protobuf` into the JSON object that it stands for. Helm writes its release
 * Secrets this way, and kubectl what it creates through typed clients.
 */
export function decodeKubernetesProtobuf(body: Uint8Array): JsonObject {
  if (Buffer.compare(body.subarray(0, 4), MAGIC) !== 0)
    throw badRequest('the body does not begin with the Kubernetes protobuf magic number');
  const envelope = decode('.k8s.io.apimachinery.pkg.runtime.Unknown', body.subarray(4));
  const typeMeta = isJsonObject(envelope['typeMeta']) ? envelope['typeMeta'] : {};
  const apiVersion = String(typeMeta['apiVersion'] ?? '');
  const kind = String(typeMeta['kind'] ?? '');
  const raw = envelope['raw'];
  const content = decode(messageName(apiVersion, kind), raw instanceof Uint8Array ? raw : new Uint8Array());
  const message = kubernetesMessages().lookupType(messageName(apiVersion, kind));
  return { apiVersion, kind, ...toJson(message, content) };
}

function messageName(apiVersion: string, kind: string): string {
  if (kind === 'DeleteOptions') return `${META}.DeleteOptions`;
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  return `.k8s.io.api.${(group ?? '').split('.')[0]}.${version}.${kind}`;
}

function decode(name: string, body: Uint8Array): JsonObject {
  let message: protobuf.Type;
  try {
    message = kubernetesMessages().lookupType(name);
  } catch {
    throw new ApiError(415, 'UnsupportedMediaType', {
      message: `the sandbox cannot read ${name.split('.').slice(-2).join('/')} as protobuf; send it as JSON`,
    });
  }
  try {
    const decoded: unknown = message.decode(body);
    return isJsonObject(decoded) ? decoded : {};
  } catch {
    throw badRequest(`the protobuf body is not a valid ${name.split('.').at(-1)}`);
  }
}

function toJson(message: protobuf.Type, value: JsonObject): JsonObject {
  const json: JsonObject = {};
  for (const field of message.fieldsArray) {
    if (!Object.hasOwn(value, field.name)) continue;
    const written = fieldToJson(field, value[field.name]);
    if (written === undefined || written === '') continue;
    if (EMBEDDED.has(field.name) && isJsonObject(written)) Object.assign(json, written);
    else json[field.name] = written;
  }
  return json;
}

function fieldToJson(field: protobuf.Field, value: unknown): unknown {
  if (field instanceof protobuf.MapField) {
    if (!isJsonObject(value) || Object.keys(value).length === 0) return undefined;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, valueToJson(field, one)]));
  }
  if (field.repeated) return Array.isArray(value) && value.length > 0 ? value.map((one) => valueToJson(field, one)) : undefined;
  return valueToJson(field, value);
}

function valueToJson(field: protobuf.Field, value: unknown): unknown {
  if (field.resolvedType instanceof protobuf.Type && isJsonObject(value)) {
    const special = WRITTEN_OTHERWISE[field.resolvedType.fullName];
    return special === undefined ? toJson(field.resolvedType, value) : special(value);
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  // 64-bit numbers come as an object with a high and a low word.
  if (isJsonObject(value) && 'low' in value) return Number(String(value));
  return value;
}

function toTimestamp(message: JsonObject, digits: number): string | undefined {
  const seconds = Number(String(message['seconds'] ?? 0));
  if (seconds === 0) return undefined;
  const nanos = Number(message['nanos'] ?? 0);
  const text = new Date(seconds * 1000).toISOString().slice(0, 19);
  return digits === 0 ? `${text}Z` : `${text}.${String(Math.floor(nanos / 1000)).padStart(digits, '0')}Z`;
}

function parseJsonBytes(bytes: unknown): unknown {
  return bytes instanceof Uint8Array && bytes.length > 0 ? JSON.parse(Buffer.from(bytes).toString('utf8')) : undefined;
}
