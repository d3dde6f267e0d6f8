import type { FieldError } from './field-error.ts';
import type { Resource } from './store.ts';

/** `metav1.StatusDetails`, as far as the clients read it. */
export interface ApiErrorDetails {
  name?: string;
  group?: string;
  kind?: string;
  retryAfterSeconds?: number;
  causes?: { reason: string; message: string; field?: string }[];
}

/** A refusal of the API server: becomes a `metav1.Status` with this HTTP status. */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;
  readonly details: ApiErrorDetails;
  /** With what the rest of a list can be read although its moment is forgotten. */
  readonly continueToken: string | undefined;

  constructor(status: number, reason: string, options: { message: string; details?: ApiErrorDetails; continueToken?: string }) {
    super(options.message);
    this.name = 'ApiError';
    this.status = status;
    this.reason = reason;
    this.details = options.details ?? {};
    this.continueToken = options.continueToken;
  }
}

/** The `plural.group` form that Kubernetes uses in its messages. */
export function qualifiedName(resource: Pick<Resource, 'plural' | 'group'>): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

/** 404: there is no such object. */
export function notFound(resource: Pick<Resource, 'plural' | 'group'>, name: string): ApiError {
  return new ApiError(404, 'NotFound', {
    message: `${qualifiedName(resource)} "${name}" not found`,
    details: { name, group: resource.group, kind: resource.plural },
  });
}

/** 409: an object of that name is there already. */
export function alreadyExists(resource: Pick<Resource, 'plural' | 'group'>, name: string): ApiError {
  return new ApiError(409, 'AlreadyExists', {
    message: `${qualifiedName(resource)} "${name}" already exists`,
    details: { name, group: resource.group, kind: resource.plural },
  });
}

/** 409: the object has changed since it was read. */
export function conflict(resource: Pick<Resource, 'plural' | 'group'>, name: string, why?: string): ApiError {
  const because = why ?? 'the object has been modified; please apply your changes to the latest version and try again';
  return new ApiError(409, 'Conflict', {
    message: `Operation cannot be fulfilled on ${qualifiedName(resource)} "${name}": ${because}`,
    details: { name, group: resource.group, kind: resource.plural },
  });
}

/** 422: fields of the object are refused, each named with its path. */
export function invalid(resource: Pick<Resource, 'kind' | 'group'>, name: string, errors: readonly FieldError[]): ApiError {
  const listed = errors.map((error) => `${error.field}: ${error.message}`);
  const summary = listed.length === 1 ? listed[0] : `[${listed.join(', ')}]`;
  const kind = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`;
  return new ApiError(422, 'Invalid', {
    message: `${kind} "${name}" is invalid: ${summary}`,
    details: {
      name,
      group: resource.group,
      kind: resource.kind,
      causes: errors.map((error) => ({ reason: error.reason ?? 'FieldValueInvalid', message: error.message, field: error.field })),
    },
  });
}

/** 422: options of the request itself are refused. */
export function invalidOptions(kind: string, error: FieldError): ApiError {
  return invalid({ kind, group: 'meta.k8s.io' }, '', [error]);
}

/** 400: the request itself cannot be understood. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, 'BadRequest', { message });
}

/** 403: understood, and not allowed. */
export function forbidden(message: string, details: ApiErrorDetails = {}): ApiError {
  return new ApiError(403, 'Forbidden', { message, details });
}

/** 410: the resourceVersion or continue token asked for is older than the kept history. */
export function expired(message: string): ApiError {
  return new ApiError(410, 'Expired', { message });
}

/** 410: the moment of a half-read list is forgotten; its rest can be read as it is now, with this token. */
export function expiredList(continueToken: string): ApiError {
  return new ApiError(410, 'Expired', {
    message:
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, ' +
      'or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an ' +
      'inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    continueToken,
  });
}

/** The error as the `metav1.Status` object that clients parse. */
export function toStatus(error: ApiError): Record<string, unknown> {
  const { group, ...details } = error.details;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: error.continueToken === undefined ? {} : { continue: error.continueToken },
    status: 'Failure',
    message: error.message,
    ...(error.reason === '' ? {} : { reason: error.reason }),
    details: group === undefined || group === '' ? details : { ...details, group },
    code: error.status,
  };
}
