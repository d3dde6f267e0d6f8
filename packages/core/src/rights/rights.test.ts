import { describe, expect, test } from 'vitest';
import { actorKey, can, rightsIn } from './actor.ts';
import type { Actor } from './actor.ts';
import { right, rightsOfRole, role } from './rights.ts';

const person = (roleName: 'admin' | 'releaseManager' | 'developer' | 'viewer', isPlatformAdmin = false): Actor => ({
  kind: 'person',
  userId: 'u1',
  name: 'Ada',
  sessionId: 's1',
  isPlatformAdmin,
  roles: new Map([['mine', roleName]]),
});

describe('rights', () => {
  test('a role counts in its own tenant only', () => {
    for (const one of role.options) {
      expect(rightsIn(person(one), 'mine')).toEqual(rightsOfRole[one]);
      expect(rightsIn(person(one), 'other')).toEqual([]);
    }
  });

  test('each role may do all that the one below it may', () => {
    const order = ['viewer', 'developer', 'releaseManager', 'admin'] as const;
    for (const [index, one] of order.entries()) {
      const below = order[index - 1];
      if (below !== undefined) expect(rightsOfRole[one]).toEqual(expect.arrayContaining([...rightsOfRole[below]]));
    }
    expect(rightsOfRole.admin).toEqual(right.options);
  });

  test('a viewer may do nothing but read', () => {
    expect(rightsOfRole.viewer.filter((one) => !one.endsWith(':read'))).toEqual([]);
  });

  test('a platform admin neither deploys nor votes in a tenant that they are no member of', () => {
    const actor = person('viewer', true);
    expect(can(actor, 'approval:vote', 'other')).toBe(false);
    expect(can(actor, 'deployment:ask', 'other')).toBe(false);
    expect(can(actor, 'deployment:read', 'other')).toBe(true);
  });

  test('rights of a member who is a platform admin too are the union of both', () => {
    expect(rightsIn(person('developer', true), 'mine')).toEqual(expect.arrayContaining(['deployment:ask', 'member:manage']));
  });

  test('a webhook may start runs in the tenant of its source and nothing else', () => {
    const actor: Actor = { kind: 'webhook', sourceId: 'w1', tenantId: 'mine' };
    expect(rightsIn(actor, 'mine')).toEqual(['run:start']);
    expect(rightsIn(actor, 'other')).toEqual([]);
    expect(actorKey(actor)).toBe('webhook:w1');
  });

  test('nobody may do nothing', () => {
    expect(rightsIn({ kind: 'anonymous' }, 'mine')).toEqual([]);
  });
});
