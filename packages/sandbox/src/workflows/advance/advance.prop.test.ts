import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFulfilled } from '../status/status.ts';
import { aContainer, aWorkflow, play, type Play } from '../testing/play.ts';

interface Drawn {
  needs: number[];
  template: 'bad' | 'good0' | 'good1' | 'good2';
  items: number;
  anyway: boolean;
}

/** Tasks t0…tn, each waiting for some of the earlier ones. `bad` fails, `good<n>` succeeds after n failed attempts. */
const dags = fc.array(
  fc.record<Drawn>({
    needs: fc.array(fc.nat(20), { maxLength: 3 }),
    template: fc.constantFrom('bad', 'good0', 'good1', 'good2'),
    items: fc.nat(3),
    anyway: fc.boolean(),
  }),
  { minLength: 1, maxLength: 12 },
);

const needsOf = (one: Drawn, index: number): number[] => (index === 0 ? [] : [...new Set(one.needs.map((need) => need % index))]);

function toTask(one: Drawn, index: number): Record<string, unknown> {
  const result = one.anyway ? '(t# || t#.Failed || t#.Omitted)' : 't#';
  const depends = needsOf(one, index)
    .map((need) => result.replaceAll('#', String(need)))
    .join(' && ');
  const items = Array.from({ length: one.items }, (_, item) => item);
  return {
    name: `t${index}`,
    template: one.template,
    ...(depends === '' ? {} : { depends }),
    ...(items.length === 0 ? {} : { withItems: items }),
  };
}

const taskOf = (nodeName: string): number => Number(/^wf\.t(\d+)/.exec(nodeName)?.[1]);

/** The attempt that succeeds is the last that its template allows. */
function exitCodeOf(nodeName: string, template: Drawn['template']): number {
  if (template === 'bad') return 1;
  return template === 'good0' || nodeName.endsWith(`(${template.slice(4)})`) ? 0 : 1;
}

function expectNeedsMet(wf: Play, drawn: readonly Drawn[], nodeName: string): void {
  const index = taskOf(nodeName);
  const one = drawn[index];
  if (one === undefined) throw new Error(`no task of ${nodeName}`);
  for (const need of needsOf(one, index)) expect(isFulfilled(wf.node(`wf.t${need}`))).toBe(true);
}

test('every DAG finishes within its parallelism, runs each task and attempt at most once, and none before what it depends on', () => {
  fc.assert(
    fc.property(
      dags,
      fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      fc.infiniteStream(fc.nat()),
      (drawn, parallelism, choices) => {
        const good = [0, 1, 2].map((limit) => aContainer(`good${limit}`, limit === 0 ? {} : { retryStrategy: { limit } }));
        const templates = [{ name: 'main', dag: { tasks: drawn.map(toTask) } }, aContainer('bad'), ...good];
        const wf = play(aWorkflow({ entrypoint: 'main', templates, ...(parallelism === undefined ? {} : { parallelism }) }));
        wf.step();
        for (let rounds = 0; wf.phase() === 'Running'; rounds += 1) {
          const open = wf.open();
          expect(open.length).toBeGreaterThan(0);
          expect(open.length).toBeLessThanOrEqual(parallelism ?? Number.POSITIVE_INFINITY);
          expect(rounds).toBeLessThan(400);
          const picked = open[(choices.next().value ?? 0) % open.length] ?? '';
          expectNeedsMet(wf, drawn, picked);
          wf.end(picked, { exitCode: exitCodeOf(picked, drawn[taskOf(picked)]?.template ?? 'bad') });
          wf.step();
        }
        expect(new Set(wf.created).size).toBe(wf.created.length);
        expect(Object.values(wf.status().nodes ?? {}).filter((node) => !isFulfilled(node))).toEqual([]);
        for (const index of drawn.keys()) expect(wf.node(`wf.t${index}`).name).toBe(`wf.t${index}`);
      },
    ),
    { numRuns: 150 },
  );
});

test('looking again without news changes nothing and starts nothing', () => {
  fc.assert(
    fc.property(dags, (drawn) => {
      const tasks = drawn.map((one, index) => ({
        name: `t${index}`,
        template: 'w',
        dependencies: needsOf(one, index).map((need) => `t${need}`),
      }));
      const wf = play(aWorkflow({ entrypoint: 'main', templates: [{ name: 'main', dag: { tasks } }, aContainer('w')] }));
      for (wf.step(); wf.open().length > 0; wf.step()) {
        const before = JSON.stringify(wf.status());
        expect(wf.step().podsToCreate).toEqual([]);
        expect(JSON.stringify(wf.status())).toBe(before);
        for (const name of wf.open()) wf.end(name);
      }
      expect(wf.phase()).toBe('Succeeded');
      expect(wf.created.toSorted()).toEqual(tasks.map((task) => `wf.${task.name}`).toSorted());
    }),
    { numRuns: 60 },
  );
});
