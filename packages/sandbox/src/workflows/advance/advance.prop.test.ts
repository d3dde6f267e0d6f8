import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFulfilled } from '../status/status.ts';
import { aContainer, aWorkflow, play } from '../testing/play.ts';

/** Tasks t0…tn, each waiting for some of the earlier ones, and how each ends. */
const dags = fc.array(fc.record({ needs: fc.array(fc.nat(20), { maxLength: 3 }), fails: fc.boolean(), retries: fc.nat(2), items: fc.nat(3), anyway: fc.boolean() }), {
  minLength: 1,
  maxLength: 12,
});

test('every DAG finishes, starts each task at most once, and none before what it depends on', () => {
  fc.assert(
    fc.property(dags, fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }), fc.infiniteStream(fc.nat()), (drawn, parallelism, choices) => {
      const tasks = drawn.map((one, index) => {
        const needs = index === 0 ? [] : [...new Set(one.needs.map((need) => need % index))];
        const result = one.anyway ? '(t# || t#.Failed || t#.Omitted)' : 't#';
        const depends = needs.map((need) => result.replaceAll('#', String(need))).join(' && ');
        return { name: `t${index}`, template: one.fails ? 'bad' : `good${one.retries}`, ...(depends === '' ? {} : { depends }), ...(one.items === 0 ? {} : { withItems: Array.from({ length: one.items }, (_, item) => item) }) };
      });
      const templates = [{ name: 'main', dag: { tasks } }, aContainer('bad'), ...[0, 1, 2].map((limit) => aContainer(`good${limit}`, limit === 0 ? {} : { retryStrategy: { limit } }))];
      const wf = play(aWorkflow({ entrypoint: 'main', templates, ...(parallelism === undefined ? {} : { parallelism }) }));
      for (let rounds = 0; wf.phase() !== 'Succeeded' && wf.phase() !== 'Failed'; rounds += 1) {
        wf.step();
        const open = wf.open();
        expect(open.length).toBeLessThanOrEqual(parallelism ?? 1000);
        expect(rounds).toBeLessThan(400);
        const picked = open[(choices.next().value ?? 0) % Math.max(1, open.length)];
        if (picked === undefined) continue;
        const template = tasks.find((task) => picked.startsWith(`wf.${task.name}(`) || picked === `wf.${task.name}`)?.template;
        const isLastAttempt = template === 'good0' || picked.endsWith(`(${template?.slice(4)})`) && picked.split('(').length > 1;
        wf.end(picked, { exitCode: template === 'bad' || (!isLastAttempt && template !== 'good0') ? 1 : 0 });
      }
      expect(new Set(wf.created).size).toBe(wf.created.length);
      const nodes = Object.values(wf.status().nodes ?? {});
      expect(nodes.filter((node) => !isFulfilled(node))).toEqual([]);
      for (const task of tasks) expect(nodes.some((node) => node.name === `wf.${task.name}`)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test('looking again without news changes nothing and starts nothing', () => {
  fc.assert(
    fc.property(dags, (drawn) => {
      const tasks = drawn.map((one, index) => ({ name: `t${index}`, template: 'w', dependencies: index === 0 ? [] : [...new Set(one.needs.map((need) => `t${need % index}`))] }));
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
    { numRuns: 100 },
  );
});
