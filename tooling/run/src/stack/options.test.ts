import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

test('without options it is the demo on a free port', () => {
  expect(readOptions([])).toEqual({
    ok: true,
    options: { port: undefined, isDemo: true, isReset: false, kubeconfigPath: undefined, isVerbose: false },
  });
});

test('every option is read, also behind the separator of the package manager', () => {
  expect(readOptions(['--', '--port', '4000', '--no-demo', '--reset', '--verbose'])).toEqual({
    ok: true,
    options: { port: 4000, isDemo: false, isReset: true, kubeconfigPath: undefined, isVerbose: true },
  });
  expect(readOptions(['--kubeconfig', '/k'])).toMatchObject({ ok: true, options: { isDemo: true, kubeconfigPath: '/k' } });
});

test.each([
  [['--port', 'eighty'], '--port takes a number'],
  [['--port', '80'], '--port takes a number'],
  [['--prot', '4000'], "Unknown option '--prot'"],
  [['now'], 'Unexpected argument'],
  [['--no-demo', '--kubeconfig', '/k'], 'connected in the portal'],
])('%j is refused with the reason', (argv, message) => {
  const read = readOptions(argv);
  expect(read.ok).toBe(false);
  expect(read.ok ? '' : read.message).toContain(message);
});
