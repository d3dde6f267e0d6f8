import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { badRequest, expiredList } from '../../store/api-error.ts';
import type { WatchableStore } from '../../store/create-store.ts';
import type { KubeObject } from '../../store/object.ts';
import { keyOf } from '../../store/object-table.ts';

/** How many half-read lists are remembered at once. */
const MAX_SNAPSHOTS = 256;

/** Where a list goes on: behind the object of this key, in the state of the first page, or (without a snapshot) in the one of now. */
const token = z.strictObject({ snapshot: z.string().optional(), after: z.string() });

/** One page of a list, and how to get the next. */
export interface Page {
  objects: readonly KubeObject[];
  revision: string;
  continue?: string;
  remainingItemCount?: number;
}

/** Lists that are read page by page: all pages show the state of the moment of the first. */
export class ListPages {
  readonly #store: WatchableStore;
  readonly #snapshots = new Map<string, { objects: readonly KubeObject[]; revision: string }>();

  constructor(store: WatchableStore) {
    this.#store = store;
  }

  first(objects: readonly KubeObject[], limit: number): Page {
    const revision = this.#store.revision();
    if (limit === 0 || objects.length <= limit) return { objects, revision };
    const snapshot = randomUUID();
    this.#snapshots.set(snapshot, { objects, revision });
    for (const oldest of this.#snapshots.keys()) {
      if (this.#snapshots.size <= MAX_SNAPSHOTS) break;
      this.#snapshots.delete(oldest);
    }
    return pageOf({ snapshot, objects, revision }, { start: 0, limit });
  }

  /**
   * Throws 410 Expired once the state of the first page is forgotten, as after a restart. With the token that comes with it the rest is read
   * as it is at that moment: `now` gives the objects of the list then.
   */
  next(continueToken: string, limit: number, now: () => readonly KubeObject[]): Page {
    const { snapshot, after } = readToken(continueToken);
    const isBehind = (object: KubeObject): boolean => keyOf(object.metadata) > after;
    if (snapshot === undefined) return this.first(now().filter(isBehind), limit);
    const kept = this.#snapshots.get(snapshot);
    if (kept === undefined || !this.#store.remembers(Number(kept.revision))) {
      this.#snapshots.delete(snapshot);
      throw expiredList(writeToken({ after }));
    }
    const start = kept.objects.findIndex(isBehind);
    return pageOf({ snapshot, ...kept }, { start: start < 0 ? kept.objects.length : start, limit });
  }
}

function pageOf(
  { snapshot, objects, revision }: { snapshot: string; objects: readonly KubeObject[]; revision: string },
  { start, limit }: { start: number; limit: number },
): Page {
  const end = limit === 0 ? objects.length : start + limit;
  const shown = objects.slice(start, end);
  const remainingItemCount = Math.max(0, objects.length - end);
  const last = shown.at(-1);
  if (remainingItemCount === 0 || last === undefined) return { objects: shown, revision };
  return { objects: shown, revision, continue: writeToken({ snapshot, after: keyOf(last.metadata) }), remainingItemCount };
}

function writeToken(value: z.infer<typeof token>): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function readToken(text: string): z.infer<typeof token> {
  try {
    return token.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw badRequest('continue key is not valid');
  }
}
