import { expect, test } from 'vitest';
import { groupPath, toApprovalDocument, toApprovalTexts, toGroups, whoIsAsked } from './approval-texts.ts';

const document = {
  title: 'Two eyes',
  enforcement: 'enforce' as const,
  scope: {},
  appliesTo: { actions: [], invokers: [] },
  stages: [
    { groups: [{ title: 'Owners', count: 1, who: [{ kind: 'codeOwners' }], hasVeto: false }] },
    {
      groups: [
        { title: 'Security', count: 2, who: [{ kind: 'group', groupId: 'g1' }], hasVeto: true },
        {
          title: 'Managers',
          count: 1,
          who: [
            { kind: 'role', role: 'admin' },
            { kind: 'user', userId: 'u1' },
          ],
          hasVeto: false,
        },
      ],
    },
  ],
  rejection: 'veto',
  lifetimeHours: 24,
  remindBeforeHours: 2,
  allowsStandIns: false,
  fallback: [{ kind: 'user', userId: 'u2' }],
  autoApproval: { condition: 'false', reason: 'never' },
};
const policy = {
  id: 'p1',
  kind: 'approval' as const,
  title: 'Two eyes',
  enforcement: 'enforce' as const,
  revision: 1,
  isPlatform: false,
  document,
  updatedAt: '2026-03-01T10:00:00Z',
  archivedAt: null,
  revisions: [],
};

test('what the form says is what it was given', () => {
  const said = toApprovalDocument(toApprovalTexts(policy), toGroups(policy));
  expect(said).toMatchObject({ ...document, scope: { serviceIds: [], environmentIds: [] } });
});

test('the objections to a group are found at its place', () => {
  const groups = toGroups(policy);
  expect(groups.map((_, index) => groupPath(groups, index))).toEqual([
    'document.stages.0.groups.0',
    'document.stages.1.groups.0',
    'document.stages.1.groups.1',
  ]);
});

test('who is asked is read in the order of the asking', () => {
  expect(whoIsAsked(document)).toBe('1 of Owners, then 2 of Security and 1 of Managers');
});

test('a new policy begins with one group, a time and stand-ins, and asks before it decides anything', () => {
  expect(toGroups(null)).toHaveLength(1);
  expect(toApprovalTexts(null)).toMatchObject({
    'document.enforcement': 'shadow',
    'document.lifetimeHours': '72',
    'document.allowsStandIns': 'yes',
  });
});
