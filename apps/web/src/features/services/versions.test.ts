import { expect, test } from 'vitest';
import { versionsText } from './versions.ts';

test('one version everywhere is said once, several with their regions, none as a dash', () => {
  expect(versionsText([])).toBe('–');
  expect(
    versionsText([
      { version: '1.0.0', region: 'us' },
      { version: '1.0.0', region: 'eu' },
    ]),
  ).toBe('1.0.0');
  expect(
    versionsText([
      { version: '1.1.0', region: 'us' },
      { version: '1.0.0', region: 'eu' },
      { version: '1.1.0', region: 'ap' },
    ]),
  ).toBe('1.1.0 (ap, us), 1.0.0 (eu)');
});
