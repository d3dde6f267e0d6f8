import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileJournal, createManualClock, createStore } from '../index.ts';

let folder: string;
const clock = createManualClock();
const open = () => createStore({ clock, journal: createFileJournal(folder) });
const aPod = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'ns' } });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flow-journal-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('what was written is there again without the first store ever being closed', () => {
  const store = open();
  const pod = store.create('pods', aPod('a'));
  store.create('pods', aPod('b'));
  store.delete('pods', { namespace: 'ns', name: 'b' });
  expect(open().list('pods')).toEqual([pod]);
});

test('a revision is never given twice, also after a last line that was cut short', () => {
  const store = open();
  store.create('pods', aPod('a'));
  const highest = Number(store.revision());
  appendFileSync(join(folder, 'journal.jsonl'), `{"revision":${highest + 1},"resource":"pods","na`);
  const again = open();
  expect(again.list('pods')).toHaveLength(1);
  expect(Number(again.create('pods', aPod('b')).metadata.resourceVersion)).toBeGreaterThan(highest + 1);
});

test('a start leaves only what lives in the file, readable by its owner only', () => {
  const store = open();
  for (let index = 0; index < 50; index += 1)
    store.modify(
      'pods',
      store.get('pods', { namespace: 'ns', name: 'a' })?.metadata ?? store.create('pods', aPod('a')).metadata,
      (draft) => void (draft['spec'] = { index }),
    );
  open();
  const path = join(folder, 'journal.jsonl');
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(2);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});
