import { expect, test } from 'vitest';
import { backSentences } from './questions.ts';

const leg = (version: string, regions: string[]) => ({ artifactId: version, version, regions, targetIds: regions });

test('a rollback tells each region with its version, and where nothing is done', () => {
  expect(backSentences({ legs: [leg('1.1.0', ['eu', 'us'])], stays: [] })).toEqual(['1.1.0 comes back in eu and us.']);
  const stays = [
    { region: 'ap', why: 'it went back already' },
    { region: 'za', why: 'it went back already' },
  ];
  expect(backSentences({ legs: [leg('1.1.0', ['eu', 'sa']), leg('1.0.0', ['us'])], stays })).toEqual([
    '1.1.0 comes back in eu and sa.',
    '1.0.0 comes back in us.',
    'Each of these versions comes by a deployment of its own, one after the other.',
    'Nothing is done in ap and za: it went back already.',
  ]);
});

test('of many regions every one is named: it is agreed to', () => {
  const many = Array.from({ length: 24 }, (_one, index) => `region-${index}`);
  const [sentence = ''] = backSentences({ legs: [leg('1.1.0', many)], stays: [] });
  for (const region of many) expect(sentence).toContain(region);
});
