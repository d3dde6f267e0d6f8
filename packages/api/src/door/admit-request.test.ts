import { describe, expect, test } from 'vitest';
import { admitRequest, bodyBytesMax } from './admit-request.ts';

const json = { 'content-type': 'application/json', host: 'flow.test' };
const statusOf = (method: string, headers: Record<string, string>) => {
  const answer = admitRequest(new Headers(headers), method);
  return answer.ok ? 200 : answer.status;
};

describe('admitRequest', () => {
  test('a change from a page of this site passes', () => {
    expect(statusOf('POST', { ...json, origin: 'https://flow.test', 'sec-fetch-site': 'same-origin' })).toBe(200);
  });

  test('a program that is no browser passes', () => {
    expect(statusOf('POST', json)).toBe(200);
  });

  test.each(['cross-site', 'same-site'])('a request that the browser calls %s is refused, reads too', (site) => {
    expect(statusOf('POST', { ...json, 'sec-fetch-site': site })).toBe(403);
    expect(statusOf('GET', { host: 'flow.test', 'sec-fetch-site': site })).toBe(403);
  });

  test.each(['https://evil.test', 'null', 'https://flow.test.evil.test', 'https://flow.test@evil.test', 'not a url'])(
    'origin %s is refused',
    (origin) => {
      expect(statusOf('POST', { ...json, origin })).toBe(403);
    },
  );

  test.each(['multipart/form-data', 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'content type "%s" is refused',
    (type) => {
      expect(statusOf('POST', { host: 'flow.test', 'content-type': type })).toBe(415);
    },
  );

  test('JSON with a charset is JSON', () => {
    expect(statusOf('POST', { host: 'flow.test', 'content-type': 'application/json; charset=utf-8' })).toBe(200);
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'])('%s is refused', (method) => {
    expect(statusOf(method, json)).toBe(405);
  });

  test('a body that says it is too large is refused unread', () => {
    expect(statusOf('POST', { ...json, 'content-length': String(bodyBytesMax + 1) })).toBe(413);
    expect(statusOf('POST', { ...json, 'content-length': String(bodyBytesMax) })).toBe(200);
  });
});
