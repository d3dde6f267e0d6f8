import { expect, test } from 'vitest';
import { promotionText, toPromotionDocument, toPromotionTexts } from './promotion-texts.ts';

const window = {
  zone: 'Europe/Berlin',
  start: '2026-01-05T09:00',
  end: '2026-01-05T16:00',
  recurrence: 'FREQ=WEEKLY;BYDAY=TU',
  exceptions: [],
};
const document = { title: 'On Tuesdays', enforcement: 'enforce', fromId: 'stage', toId: 'prod', soakMinutes: 90, window };
const policy = {
  id: 'p',
  kind: 'promotion' as const,
  title: 'On Tuesdays',
  enforcement: 'enforce' as const,
  revision: 3,
  isPlatform: false,
  updatedAt: '2026-01-01T00:00:00.000Z',
  archivedAt: null,
  revisions: [],
  document,
};
const environments = [
  { id: 'stage', name: 'Staging' },
  { id: 'prod', name: 'Production' },
];

test('the form says what the rule said', () => {
  expect(toPromotionDocument(toPromotionTexts(policy, 'UTC'))).toMatchObject(document);
  const always = { ...policy, document: { ...document, window: null } };
  expect(toPromotionDocument(toPromotionTexts(always, 'UTC'))).toMatchObject({ window: null, soakMinutes: 90 });
});

test('what is no number is told to the server as it is, and the rule names its environments itself', () => {
  const texts = {
    ...toPromotionTexts(policy, 'UTC'),
    'document.soakMinutes': 'an hour',
    'document.scope.environmentIds': 'stage',
    'document.scope.tiers': '1',
  };
  expect(toPromotionDocument(texts)).toMatchObject({ soakMinutes: 'an hour', scope: { environmentIds: [], tiers: ['1'] } });
  expect(toPromotionDocument({ ...texts, 'document.soakMinutes': '' })).toMatchObject({ soakMinutes: '' });
});

test('a rule reads as a sentence', () => {
  expect(promotionText(document, { environments })).toBe(
    'Staging to Production after 1 hour 30 minutes, every week: Tuesday from 09:00 to 16:00 (Europe/Berlin)',
  );
  expect(promotionText({ ...document, soakMinutes: 0, window: null }, { environments })).toBe('Staging to Production at once');
});
