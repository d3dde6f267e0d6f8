import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createManualClock, createStore, type Journal, type JournalEntry, type KubeObject, type WatchableStore } from './index.ts';

const clock = createManualClock();

const command = fc.record({
  op: fc.constantFrom('create', 'update', 'label', 'finalize', 'unfinalize', 'delete'),
  name: fc.constantFrom('a', 'b', 'c'),
  value: fc.integer({ min: 0, max: 3 }),
});

type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

function run(store: WatchableStore, { op, name, value }: Command): void {
  const key = { namespace: 'ns', name };
  const change = (edit: (draft: KubeObject) => void): void => void store.modify('pods', key, edit);
  if (op === 'create' && store.get('pods', key) === undefined)
    store.create('pods', { apiVersion: 'v1', kind: 'Pod', metadata: key, spec: { value } });
  if (op === 'update') change((draft) => void (draft['spec'] = { value }));
  if (op === 'label') change((draft) => void (draft.metadata.labels = { value: String(value) }));
  if (op === 'finalize') change((draft) => void (draft.metadata.finalizers = ['x']));
  if (op === 'unfinalize') change((draft) => void (draft.metadata.finalizers = []));
  if (op === 'delete') store.delete('pods', key);
}

const contentOf = (store: WatchableStore): unknown => JSON.parse(JSON.stringify(store.list('pods')));

test('the events since any revision, played on the list of that moment, give the list of now', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), fc.array(command, { maxLength: 40 }), (before, after) => {
      const store = createStore({ clock });
      for (const one of before) run(store, one);
      const replica = new Map(store.list('pods').map((pod) => [pod.metadata.name, pod]));
      const start = Number(store.revision());
      for (const one of after) run(store, one);
      let last = start;
      for (const { type, object } of store.eventsSince('pods', start)) {
        expect(Number(object.metadata.resourceVersion)).toBeGreaterThan(last);
        last = Number(object.metadata.resourceVersion);
        if (type === 'DELETED') replica.delete(object.metadata.name);
        else replica.set(object.metadata.name, object);
      }
      expect([...replica.values()].toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))).toEqual(store.list('pods'));
    }),
  );
});

test('a store made again from any prefix of its journal is the store as it was after those writes', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 40 }), fc.nat(), (commands, cut) => {
      const entries: JournalEntry[] = [];
      const states = new Map<number, unknown>([[0, []]]);
      const store = createStore({ clock, journal: memoryJournal(entries) });
      for (const one of commands) {
        run(store, one);
        states.set(entries.length, contentOf(store));
      }
      const lengths = [...states.keys()];
      const length = lengths[cut % lengths.length] ?? 0;
      const again = createStore({ clock, journal: memoryJournal(entries.slice(0, length)) });
      expect(contentOf(again)).toEqual(states.get(length));
    }),
  );
});

function memoryJournal(entries: JournalEntry[]): Journal {
  return {
    load: () => {
      const living = new Map<string, JournalEntry>();
      for (const entry of entries) {
        if (entry.object === undefined) living.delete(entry.name);
        else living.set(entry.name, entry);
      }
      const objects = [...living.values()].flatMap(({ resource, object }) => (object === undefined ? [] : [{ resource, object }]));
      return { revision: entries.at(-1)?.revision ?? 0, objects };
    },
    append: (entry) => void entries.push(structuredClone(entry)),
    close: () => undefined,
  };
}
