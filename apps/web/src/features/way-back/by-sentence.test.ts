import { expect, test } from 'vitest';
import { bySentence, regionsInWords } from './by-sentence.ts';

const seen = (light: 'works' | 'doubtful' | 'none', sentence: string) => ({ light, sentence, lookedAt: '2026-01-01T00:00:00Z' });

test('regions of which the same is said stand together, the worst first', () => {
  const targets = [
    { region: 'eu-west', wayBack: seen('works', '1.4.0 was healthy') },
    { region: 'us-east', wayBack: seen('doubtful', 'The quota is short') },
    { region: 'eu-north', wayBack: seen('works', '1.4.0 was healthy') },
    { region: 'ap-south', wayBack: null },
  ];
  expect(bySentence(targets).map(({ wayBack: { light }, regions }) => [light, regions])).toEqual([
    ['doubtful', ['us-east']],
    ['works', ['eu-west', 'eu-north']],
  ]);
});

test('many regions are counted', () => {
  expect(regionsInWords(['a', 'b'])).toBe('a and b');
  expect(regionsInWords(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe('7 regions');
});
