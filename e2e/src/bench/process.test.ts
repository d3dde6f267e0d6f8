import { expect, test } from 'vitest';
import { cpuMsOf } from './process.ts';

test('processor time is that of user and system, whatever the program is called', () => {
  const numbers = Array.from({ length: 49 }, (_, index) => (index === 10 ? 123 : index === 11 ? 45 : 9)).join(' ');
  expect(cpuMsOf(`4711 (a b) c) S ${numbers}`)).toBe(1_680);
});
