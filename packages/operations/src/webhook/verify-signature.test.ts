import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { readPush } from './push-event.ts';
import { deliveryId, isSignedBy } from './verify-signature.ts';

const body = new TextEncoder().encode('{"ref":"refs/heads/main"}');
const signature = (secret: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

test('a GitHub delivery counts only with the signature of its own body', () => {
  expect(isSignedBy('github', 's3cret', { headers: { 'x-hub-signature-256': signature('s3cret') }, body })).toBe(true);
  expect(isSignedBy('github', 's3cret', { headers: { 'x-hub-signature-256': signature('other') }, body })).toBe(false);
  expect(
    isSignedBy('github', 's3cret', { headers: { 'x-hub-signature-256': signature('s3cret') }, body: new Uint8Array([...body, 32]) }),
  ).toBe(false);
  expect(isSignedBy('github', 's3cret', { headers: {}, body })).toBe(false);
});

test('a GitLab delivery counts only with the token', () => {
  expect(isSignedBy('gitlab', 's3cret', { headers: { 'x-gitlab-token': 's3cret' }, body })).toBe(true);
  expect(isSignedBy('gitlab', 's3cret', { headers: { 'x-gitlab-token': 's3cre' }, body })).toBe(false);
  expect(isSignedBy('gitlab', 's3cret', { headers: { 'x-hub-signature-256': signature('s3cret') }, body })).toBe(false);
});

test('an unset secret refuses everything', () => {
  expect(isSignedBy('gitlab', '', { headers: { 'x-gitlab-token': '' }, body })).toBe(false);
  expect(isSignedBy('github', '', { headers: { 'x-hub-signature-256': signature('') }, body })).toBe(false);
});

test('a delivery without a usable id has none', () => {
  expect(deliveryId('github', { 'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958' })).toBe(
    '72d3162e-cc78-11e3-81ab-4c9367dc0958',
  );
  expect(deliveryId('github', {})).toBeUndefined();
  expect(deliveryId('gitlab', { 'x-gitlab-event-uuid': "' OR 1=1 --" })).toBeUndefined();
});

test('a push is read by what GitHub and GitLab have in common', () => {
  const after = 'a'.repeat(40);
  const event = {
    ref: 'refs/heads/feature/x',
    after,
    commits: [{ id: after, message: 'Fix the price\n\nlong', author: { email: 'dev@example.com' } }],
    more: 1,
  };
  expect(readPush(new TextEncoder().encode(JSON.stringify(event)))).toEqual({
    branch: 'feature/x',
    commitSha: after,
    commitMessage: 'Fix the price',
    commitAuthor: 'dev@example.com',
  });
});

test('tags, deleted branches and what is no push start nothing', () => {
  const push = (fields: object) =>
    readPush(new TextEncoder().encode(JSON.stringify({ ref: 'refs/heads/main', after: 'b'.repeat(40), ...fields })));
  expect(push({ ref: 'refs/tags/v1' })).toEqual({ ignored: 'only pushes to branches start runs' });
  expect(push({ after: '0'.repeat(40) })).toEqual({ ignored: 'the branch was deleted' });
  expect(push({ after: '--upload-pack=x' })).toBeUndefined();
  expect(readPush(new Uint8Array([0xff, 0xfe]))).toBeUndefined();
});
