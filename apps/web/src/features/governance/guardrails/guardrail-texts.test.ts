import { expect, test } from 'vitest';
import { countLimits, toGuardrailDocument, toGuardrailTexts } from './guardrail-texts.ts';

const policy = {
  id: 'p',
  kind: 'guardrail' as const,
  title: 'Careful',
  enforcement: 'enforce' as const,
  revision: 3,
  isPlatform: false,
  updatedAt: '2026-01-01T00:00:00.000Z',
  archivedAt: null,
  revisions: [],
  document: {
    title: 'Careful',
    plan: { canaryRequired: true, firstStepMaxPercent: 20, chartSources: ['flow', 'https://git.example/charts'] },
    run: {
      metrics: [{ metric: 'errorRatePercent', of: 'neighbour', max: 2, consequence: 'hold' }],
      durationMaxSeconds: { count: 3600, consequence: 'abort' },
    },
  },
};

test('the form says what the guardrail said, with what it has no field for', () => {
  expect(toGuardrailDocument(toGuardrailTexts(policy), policy)).toMatchObject(policy.document);
});

test('an empty field is no limit, and what is no number is told to the server as it is', () => {
  const texts = { ...toGuardrailTexts(policy), 'document.plan.firstStepMaxPercent': '', 'document.plan.stepMaxPercent': 'some' };
  expect(toGuardrailDocument(texts, policy)['plan']).toEqual({
    canaryRequired: true,
    stepMaxPercent: 'some',
    chartSources: ['flow', 'https://git.example/charts'],
  });
});

test('every limit counts once', () => {
  expect(countLimits(policy.document)).toBe(5);
});
