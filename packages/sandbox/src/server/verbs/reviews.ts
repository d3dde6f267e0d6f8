import { notFound } from '../../store/api-error.ts';
import { isAllowed } from '../gate/identity.ts';
import type { ApiAnswer, ApiRequest } from '../request.ts';
import { parseObject, readBody } from '../wire/body.ts';
import { objectAt, textAt, type JsonObject } from '../wire/json-object.ts';

/** Questions about oneself, answered at once and never stored. */
const REVIEWS: Readonly<Record<string, (request: ApiRequest, review: JsonObject) => JsonObject>> = {
  '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': accessReview,
  '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews': rulesReview,
  '/apis/authentication.k8s.io/v1/selfsubjectreviews': (request) => ({
    userInfo: { username: request.identity.name, groups: ['system:authenticated'] },
  }),
};

/** True for the path of a review. */
export function isReview(pathname: string): boolean {
  return Object.hasOwn(REVIEWS, pathname);
}

/** POST of a review: the same object with its status. */
export async function answerReview(request: ApiRequest): Promise<ApiAnswer> {
  const answer = REVIEWS[request.url.pathname];
  if (answer === undefined || request.method !== 'POST') throw notFound({ plural: 'reviews', group: '' }, request.url.pathname);
  const review = parseObject(request.incoming.headers['content-type'], await readBody(request.incoming));
  return { status: 201, body: { ...review, status: answer(request, review) } };
}

function accessReview(request: ApiRequest, review: JsonObject): JsonObject {
  const asked = objectAt(review, 'spec', 'resourceAttributes');
  const subresource = textAt(asked, 'subresource');
  const resource = textAt(asked, 'resource');
  const namespace = textAt(asked, 'namespace');
  const name = textAt(asked, 'name');
  const allowed = isAllowed(request.identity, {
    verb: textAt(asked, 'verb'),
    group: textAt(asked, 'group'),
    resource: subresource === '' ? resource : `${resource}/${subresource}`,
    ...(namespace === '' ? {} : { namespace }),
    ...(name === '' ? {} : { name }),
  });
  return { allowed, reason: allowed ? 'allowed by the rules of the sandbox token' : 'the rules of this sandbox token do not allow it' };
}

function rulesReview(request: ApiRequest): JsonObject {
  return {
    resourceRules: request.identity.rules.map(({ verbs, apiGroups, resources }) => ({ verbs, apiGroups, resources })),
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['*'] }],
    incomplete: false,
  };
}
