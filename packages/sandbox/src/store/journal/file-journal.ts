import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Journal, JournalEntry, JournalState } from './journal.ts';
import { keyOf } from '../object-table.ts';

/** A revision gap at each start, so that no revision handed out before a torn last line is ever given to another write. */
const REVISION_GAP_AT_START = 1000;

/** The journal grows to this size before it is rewritten while running. */
const COMPACT_AFTER_BYTES = 128 * 1024 * 1024;

/**
 * An append-only file of writes in the folder (`journal.jsonl`). A write is handed to the kernel before the store answers,
 * so it survives a SIGKILL of the process; a half-written last line is dropped. Rewritten with only the living objects at each start.
 */
export function createFileJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'journal.jsonl');
  const living = new Map<string, JournalEntry>();
  let revision = 0;
  let descriptor: number | undefined;
  let sizeBytes = 0;

  const remember = (entry: JournalEntry): void => {
    revision = Math.max(revision, entry.revision);
    const key = `${entry.resource}|${keyOf(entry)}`;
    if (entry.object === undefined) living.delete(key);
    else living.set(key, entry);
  };
  const compact = (): void => {
    if (descriptor !== undefined) closeSync(descriptor);
    sizeBytes = rewrite(path, revision, living.values());
    descriptor = openSync(path, 'a', 0o600);
  };

  return {
    load: () => {
      for (const entry of readEntries(path)) remember(entry);
      if (revision > 0) revision += REVISION_GAP_AT_START;
      compact();
      return { revision, objects: toObjects(living.values()) };
    },
    append: (entry) => {
      remember(entry);
      if (descriptor === undefined) return;
      sizeBytes += writeSync(descriptor, `${JSON.stringify(entry)}\n`);
      if (sizeBytes > COMPACT_AFTER_BYTES) compact();
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

function toObjects(entries: Iterable<JournalEntry>): JournalState['objects'] {
  return [...entries].flatMap(({ resource, object }) => (object === undefined ? [] : [{ resource, object }]));
}

function* readEntries(path: string): Generator<JournalEntry> {
  if (!existsSync(path)) return;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const entry = parseEntry(line);
    if (entry !== undefined) yield entry;
  }
}

/** A line is this process's own writing, so that its outline tells enough; one that was cut short is not an entry. */
function parseEntry(line: string): JournalEntry | undefined {
  try {
    const parsed: unknown = JSON.parse(line);
    return isEntry(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is JournalEntry {
  return typeof value === 'object' && value !== null && 'revision' in value && 'resource' in value && 'name' in value;
}

/** Writes beside the journal and renames, so that a kill in the middle leaves the old file whole. The first line keeps the revision. */
function rewrite(path: string, revision: number, entries: Iterable<JournalEntry>): number {
  const nextPath = `${path}.next`;
  const descriptor = openSync(nextPath, 'w', 0o600);
  const marker: JournalEntry = { revision, resource: '', name: 'revision' };
  let sizeBytes = writeSync(descriptor, `${JSON.stringify(marker)}\n`);
  for (const entry of entries) sizeBytes += writeSync(descriptor, `${JSON.stringify(entry)}\n`);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(nextPath, path);
  return sizeBytes;
}
