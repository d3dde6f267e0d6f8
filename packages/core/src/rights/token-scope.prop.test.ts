import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actorKey, actorName, can, rightsIn, userIdOf } from './actor.ts';
import type { Actor } from './actor.ts';
import { rightsOfRole, role } from './rights.ts';
import { rightsOfToken, tokenScope } from './token-scope.ts';

const scopes = fc.uniqueArray(fc.constantFrom(...tokenScope.options));
const roles = fc.constantFrom(...role.options);

test('a token never does more than its owner may', () => {
  fc.assert(fc.property(scopes, roles, (given, owner) => rightsOfToken(given, owner).every((one) => rightsOfRole[owner].includes(one))));
});

test('the rights of several scopes are what any one of them gives', () => {
  fc.assert(
    fc.property(scopes, roles, (given, owner) => {
      const each = new Set(given.flatMap((scope) => rightsOfToken([scope], owner)));
      expect(new Set(rightsOfToken(given, owner))).toEqual(each);
    }),
  );
});

test('no scope holds votes, members, tokens or webhooks', () => {
  const all = rightsOfToken(tokenScope.options, 'admin');
  for (const one of ['approval:vote', 'member:manage', 'token:create', 'webhook:manage', 'audit:read'] as const)
    expect(all).not.toContain(one);
});

test('a token counts in its own tenant only, and acts in the name of its owner', () => {
  const actor: Actor = {
    kind: 'token',
    tokenId: 't1',
    name: 'nightly',
    owner: { userId: 'u1', name: 'Ada' },
    tenantId: 'mine',
    rights: rightsOfToken(['runs'], 'developer'),
  };
  expect(can(actor, 'run:start', 'mine')).toBe(true);
  expect(can(actor, 'deployment:ask', 'mine')).toBe(false);
  expect(rightsIn(actor, 'other')).toEqual([]);
  expect(userIdOf(actor)).toBe('u1');
  expect(actorKey(actor)).toBe('token:t1');
  expect(actorName(actor)).toBe('Ada by the token nightly');
});
