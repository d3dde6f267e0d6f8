import { badRequest } from '../../store/api-error.ts';
import { unknownFields, withoutFields } from '../admission/unknown-fields.ts';
import type { ApiRequest, Target } from '../request.ts';
import type { JsonObject } from '../wire/json-object.ts';

/**
 * The body without the fields that the kind does not have, as a server keeps it. `fieldValidation=Strict` refuses them; `Warn` (the default) names them in a
 * Warning header.
 */
export function withKnownFields(request: ApiRequest, target: Target, body: JsonObject): JsonObject {
  const unknown = unknownFields(target.resource, body);
  if (unknown.length === 0) return body;
  const mode = request.query.get('fieldValidation') ?? 'Warn';
  const told = unknown.map(({ path }) => `unknown field "${path}"`);
  if (mode === 'Strict') throw badRequest(`strict decoding error: ${told.join(', ')}`);
  if (mode !== 'Ignore')
    for (const warning of told.slice(0, 20)) request.response.appendHeader('Warning', `299 - ${JSON.stringify(warning)}`);
  return withoutFields(body, unknown);
}
