import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '../clock/index.ts';
import { kinds } from '../cluster/index.ts';
import { valueAt } from '../json/index.ts';
import { reflect } from './reflect.ts';
import { ScriptedServer, type Fault } from './testing/scripted-server.ts';

type Step =
  | { do: 'put' | 'remove'; name: string }
  | { do: 'compact' | 'bookmark' }
  | { do: 'wait'; ms: number }
  | { do: 'fail'; fault: Fault };

const name = fc.constantFrom('a', 'b', 'c', 'd');
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ on: fc.constant('open' as const), status: fc.constantFrom(401, 403, 404, 410, 429, 500, 503, 504) }),
  fc.constant<Fault>({ on: 'open', throws: true }),
  fc.constant<Fault>({ on: 'list', throws: true }),
  fc.record({
    on: fc.constant('watch' as const),
    cut: fc.constantFrom('reset' as const, 'close' as const, 'truncated' as const, 'halfOpen' as const),
  }),
  fc.record({
    on: fc.constant('watch' as const),
    line: fc.constantFrom(
      '{"type":"ERROR","object":{"code":410}}\n',
      '{"type":"ERROR","object":{"code":504}}\n',
      'noise\n',
      '{}\n',
      '\n',
      'null\n',
    ),
  }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'remove' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('compact' as const, 'bookmark' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 20_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), fault }) },
);

let value = 0;
async function take(server: ScriptedServer, clock: ManualClock, one: Step): Promise<void> {
  switch (one.do) {
    case 'put':
      server.put(one.name, String((value += 1)));
      return;
    case 'remove':
      server.remove(one.name);
      return;
    case 'compact':
      server.compact();
      return;
    case 'bookmark':
      server.bookmark();
      return;
    case 'wait':
      await clock.advance(one.ms);
      return;
    case 'fail':
      server.fail(one.fault);
  }
}

test('whatever a cluster does, the cache ends as the cluster is and never goes back in time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(step, { maxLength: 40 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (hasWatchList, steps, random) => {
        const server = new ScriptedServer();
        server.hasWatchList = hasWatchList;
        const clock = new ManualClock('2026-01-01T00:00:00Z');
        const stop = new AbortController();
        const cache = new Map<string, { uid: string; version: number; value: unknown }>();
        const faults: string[] = [];
        const done = reflect({
          client: server.client,
          resource: kinds.pods,
          project: (object) => valueAt(object, 'value'),
          onChange: (changes) => {
            for (const change of changes) {
              const before = cache.get(change.name);
              if (change.type === 'deleted') {
                if (before?.uid !== change.uid) faults.push(`deleted ${change.uid}, had ${String(before?.uid)}`);
                cache.delete(change.name);
              } else {
                if (before !== undefined && (before.uid !== change.uid || before.version >= Number(change.resourceVersion)))
                  faults.push(`${change.name} went back`);
                cache.set(change.name, { uid: change.uid, version: Number(change.resourceVersion), value: change.view });
              }
            }
          },
          onSynced: () => undefined,
          onHealth: () => undefined,
          clock,
          random: () => random,
          signal: stop.signal,
        });
        for (const one of steps) {
          await take(server, clock, one);
        }
        // Longer than the silence after which a half-open connection is given up, and than every wait before a new try.
        await clock.advance(400_000);
        stop.abort();
        await clock.advance(1);
        await done;
        expect(faults).toEqual([]);
        expect(Object.fromEntries([...cache].map(([key, one]) => [key, [one.uid, one.value]]))).toEqual(
          Object.fromEntries([...server.objects].map(([key, one]) => [key, [one.uid, one.value]])),
        );
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);
