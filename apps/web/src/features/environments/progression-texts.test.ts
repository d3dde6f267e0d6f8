import { progression } from '@flow/core/deployment';
import type { Progression } from '@flow/core/deployment';
import { expect, test } from 'vitest';
import { policySentence, progressionTexts, readProgression, usualProgressionTexts } from './progression-texts.ts';

const budget = { budget: 2, beyond: 'stop' } as const;

test.each<Progression>([
  { onFailure: { kind: 'rollBackAll' }, regionsAtOnce: null, pauses: 'none', whenUnreachable: { kind: 'wait' } },
  { onFailure: { kind: 'stop' }, regionsAtOnce: 3, pauses: 'afterEachWave', whenUnreachable: { kind: 'skip', afterSeconds: 90 } },
  {
    onFailure: { kind: 'rollBackRegion', ...budget },
    regionsAtOnce: 1,
    pauses: 'afterFirstWave',
    whenUnreachable: { kind: 'skip', afterSeconds: 0 },
  },
  { onFailure: { kind: 'goOn', ...budget }, regionsAtOnce: null, pauses: 'none', whenUnreachable: { kind: 'wait' } },
])('$onFailure.kind that is opened and saved untouched says what it said', (given) => {
  const read = readProgression(progressionTexts(given));
  expect(read).toEqual({ ok: true, progression: given });
  expect(progression.safeParse(given).success).toBe(true);
  expect(policySentence(given)).toMatch(/^If a region fails, /);
});

test('what is no count is told at its field, and a budget only where there is one', () => {
  expect(readProgression({ ...usualProgressionTexts, regionsAtOnce: '0', mayFail: 'many' })).toMatchObject({
    faults: { regionsAtOnce: expect.any(String) },
  });
  expect(readProgression({ ...usualProgressionTexts, onFailure: 'goOn', mayFail: 'many' })).toMatchObject({
    faults: { mayFail: 'a whole number from 1 to 50' },
  });
});

test('a wait before a region is skipped is told in minutes, and only where one is skipped', () => {
  expect(readProgression({ ...usualProgressionTexts, skipAfter: 'soon' })).toMatchObject({ ok: true });
  expect(readProgression({ ...usualProgressionTexts, whenUnreachable: 'skip', skipAfter: 'soon' })).toMatchObject({
    faults: { skipAfter: 'minutes, from 0 to 1440' },
  });
  expect(readProgression({ ...usualProgressionTexts, whenUnreachable: 'skip', skipAfter: '1.5' })).toMatchObject({
    progression: { whenUnreachable: { kind: 'skip', afterSeconds: 90 } },
  });
});
