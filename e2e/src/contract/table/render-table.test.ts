import { expect, test } from 'vitest';
import { renderTable } from './render-table.ts';
import { casesIn, type Case } from './report.ts';

const aCase = (parts: Partial<Case>): Case => ({ area: 'helm', title: 'a', passed: true, limit: null, example: null, ...parts });

test('the cases of a report have the folder of their file as area, and what was skipped is none', () => {
  const assertion = { title: 'holds', status: 'passed', meta: {} };
  const text = JSON.stringify({
    testResults: [
      { name: '/x/e2e/src/contract/helm/releases.test.ts', assertionResults: [assertion, { ...assertion, status: 'skipped' }] },
      { name: '/x/e2e/src/contract/limits.test.ts', assertionResults: [{ ...assertion, meta: { limit: { taken: false, why: 'no' } } }] },
    ],
  });
  expect(casesIn(text).map(({ area, limit }) => [area, limit?.why])).toEqual([
    ['helm', undefined],
    ['', 'no'],
  ]);
});

test('the table counts what holds on each engine, and lists what only the real one takes', () => {
  const limit = (title: string, taken: boolean) =>
    aCase({ area: '', title, limit: { taken, why: taken ? '' : 'Workflow.argoproj.io "limit" is invalid: spec.a: Forbidden: use b' } });
  const table = renderTable({
    sandbox: [aCase({}), limit('sidecars', false), limit('web', true)],
    real: [
      aCase({}),
      aCase({ passed: false }),
      limit('sidecars', true),
      limit('web', true),
      aCase({ title: 'odd', example: { equal: false, why: 'no mounts' } }),
    ],
    examples: { run: 3, equal: 2, different: 1, unsupported: 9 },
  });
  expect(table).toContain('| Helm | 1 of 1 | 2 of 3 |');
  expect(table).toContain('| sidecars | spec.a: use b |');
  expect(table).not.toContain('| web |');
  expect(table).toContain('`odd` differs: no mounts');
});
