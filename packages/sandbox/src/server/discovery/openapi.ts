import { createHash } from 'node:crypto';
import type { Resource } from '../../store/store.ts';
import type { ApiAnswer } from '../request.ts';
import type { JsonObject } from '../wire/json-object.ts';
import { groupsOf, verbsOf, type ApiGroup } from './groups.ts';

const INFO = { title: 'Flow sandbox', version: 'v1.35.2' };

const V2_PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

/** Parameters by which kubectl and Helm see what the server can do with a write. */
const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
}));

/**
 * Answers `/openapi/v2`, `/openapi/v3` and its group documents; undefined for any other path. The documents name the
 * kinds, the paths and the parameters; the shapes of the objects are checked by the server and are not spelled out.
 */
export function answerOpenApi(resources: readonly Resource[], url: URL, accept: string | undefined): ApiAnswer {
  if (url.pathname === '/openapi/v2') return openApiV2(accept);
  const groups = groupsOf(resources);
  if (url.pathname === '/openapi/v3') {
    const paths = Object.fromEntries(
      groups.map((group) => [pathOf(group), { serverRelativeURL: `/openapi/v3/${pathOf(group)}?hash=${hashOf(group)}` }]),
    );
    return { status: 200, body: { paths } };
  }
  const group = groups.find((one) => url.pathname === `/openapi/v3/${pathOf(one)}`);
  return group === undefined ? undefined : { status: 200, body: document(group) };
}

/** The smallest valid document, as JSON or as the protobuf that Go clients ask for. */
function openApiV2(accept: string | undefined): ApiAnswer {
  if ((accept ?? '').includes('protobuf')) return { status: 200, contentType: V2_PROTOBUF, body: minimalV2Protobuf() };
  return { status: 200, body: { swagger: '2.0', info: INFO, paths: {}, definitions: {} } };
}

/** `Document { swagger = 1, info { title = 1, version = 2 } = 2 }` of gnostic's openapiv2. */
function minimalV2Protobuf(): Buffer {
  const field = (number: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
  const info = Buffer.concat([field(1, Buffer.from(INFO.title)), field(2, Buffer.from(INFO.version))]);
  return Buffer.concat([field(1, Buffer.from('2.0')), field(2, info)]);
}

function pathOf(group: ApiGroup): string {
  return group.name === '' ? `api/${group.version}` : `apis/${group.name}/${group.version}`;
}

function hashOf(group: ApiGroup): string {
  return createHash('sha512')
    .update(JSON.stringify(document(group)))
    .digest('hex')
    .toUpperCase();
}

function document(group: ApiGroup): JsonObject {
  const schemas = Object.fromEntries(group.resources.map((resource) => [schemaName(resource), schemaOf(resource)]));
  const paths = Object.fromEntries(group.resources.flatMap((resource) => pathsOf(group, resource)));
  return { openapi: '3.0.0', info: INFO, paths, components: { schemas } };
}

function schemaName(resource: Resource): string {
  const reversed = resource.group === '' ? 'io.k8s.api.core' : resource.group.split('.').toReversed().join('.');
  return `${reversed}.${resource.version}.${resource.kind}`;
}

function schemaOf(resource: Resource): JsonObject {
  return {
    type: 'object',
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
    'x-kubernetes-preserve-unknown-fields': true,
    'x-kubernetes-group-version-kind': [kindOf(resource)],
  };
}

function kindOf({ group, version, kind }: Resource): JsonObject {
  return { group, version, kind };
}

function pathsOf(group: ApiGroup, resource: Resource): [string, JsonObject][] {
  const scope = resource.namespaced ? '/namespaces/{namespace}' : '';
  const collection = `/${pathOf(group)}${scope}/${resource.plural}`;
  const schema = { $ref: `#/components/schemas/${schemaName(resource)}` };
  const operation = (action: string): JsonObject => ({
    operationId: `${action}${resource.kind}`,
    parameters: WRITE_PARAMETERS,
    responses: { '200': { description: 'OK', content: { 'application/json': { schema } } } },
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': kindOf(resource),
  });
  const create: [string, JsonObject] = [collection, { post: operation('post') }];
  if (!verbsOf(resource).includes('patch')) return [create];
  return [
    create,
    [`${collection}/{name}`, { get: operation('get'), put: operation('put'), patch: operation('patch'), delete: operation('delete') }],
  ];
}
