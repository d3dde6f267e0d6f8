import { readFileSync } from 'node:fs';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createWebMetrics, createWorkerMetrics } from './index.ts';

const folder = new URL('../../../../deploy/observability/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

const dashboard = z
  .object({ panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) })) })
  .parse(JSON.parse(read('grafana-dashboard.json')));
const rules = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({ alert: z.string(), expr: z.string(), annotations: z.object({ summary: z.string(), description: z.string() }) }),
        ),
      }),
    ),
  })
  .parse(parse(read('alert-rules.yaml')));

const shown = dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: title, expr })));
const watched = rules.groups.flatMap((group) => group.rules.map(({ alert, expr }) => ({ where: alert, expr })));

/** Names of the metrics in an expression, and whether Prometheus' own grammar reads all of it. */
function readExpression(expr: string): { isWhole: boolean; names: string[] } {
  const names: string[] = [];
  let isWhole = true;
  parser.parse(expr).iterate({
    enter(node) {
      if (node.type.isError) isWhole = false;
      const { parent } = node.node;
      if (node.name === 'Identifier' && parent?.name === 'VectorSelector') names.push(expr.slice(node.from, node.to));
    },
  });
  return { isWhole, names };
}

/** Every series that a web process or a worker tells, of histograms their three. `up` is of Prometheus itself. */
async function toldSeries(): Promise<Set<string>> {
  const web = createWebMetrics();
  web.countViewers(() => 0);
  const registries = [web.registry, createWorkerMetrics(() => Promise.resolve([])).registry];
  const all = (await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()))).flat();
  const names = all.flatMap(({ name, type }) =>
    String(type) === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name],
  );
  return new Set(['up', ...names]);
}

describe.each([...shown, ...watched])('$where', ({ expr }) => {
  test('asks only what Flow tells, in words that Prometheus reads', async () => {
    const { isWhole, names } = readExpression(expr);
    const told = await toldSeries();
    expect({ expr, isWhole }).toEqual({ expr, isWhole: true });
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !told.has(name))).toEqual([]);
  });
});

test('a wrong expression is noticed', () => {
  expect(readExpression('sum by (kind) (flow_jobs').isWhole).toBe(false);
  expect(readExpression('max(flow_none) > 0').names).toEqual(['flow_none']);
});

test('every measure of Flow is on the dashboard', async () => {
  const asked = shown.flatMap(({ expr }) => readExpression(expr).names);
  const own = [...(await toldSeries())].filter((name) => name.startsWith('flow_')).map((name) => name.replace(/_(bucket|sum|count)$/, ''));
  const unseen = [...new Set(own)].filter((name) => !asked.some((used) => used.startsWith(name)));
  expect(unseen).toEqual([]);
});
