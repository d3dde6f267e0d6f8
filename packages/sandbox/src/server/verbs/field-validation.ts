import { badRequest } from '../../store/api-error.ts';
import { unknownFields } from '../admission/unknown-fields.ts';
import type { ApiRequest, Target } from '../request.ts';
import type { JsonObject } from '../wire/json-object.ts';

/** `fieldValidation=Strict` refuses fields that the kind does not have; `Warn` (the default) says so in a Warning header. */
export function checkUnknownFields(request: ApiRequest, target: Target, body: JsonObject): void {
  const mode = request.query.get('fieldValidation') ?? 'Warn';
  if (mode === 'Ignore') return;
  const unknown = unknownFields(target.resource, body).map((field) => `unknown field "${field}"`);
  if (unknown.length === 0) return;
  if (mode === 'Strict') throw badRequest(`strict decoding error: ${unknown.join(', ')}`);
  for (const warning of unknown.slice(0, 20)) request.response.appendHeader('Warning', `299 - ${JSON.stringify(warning)}`);
}
