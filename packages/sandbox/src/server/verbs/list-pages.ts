import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { badRequest, expired } from '../../store/api-error.ts';
import type { WatchableStore } from '../../store/create-store.ts';
import type { KubeObject } from '../../store/object.ts';

/** How many half-read lists are remembered at once. */
const MAX_SNAPSHOTS = 256;

const token = z.strictObject({ snapshot: z.string(), start: z.number().int().nonnegative() });

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
    return this.#page(snapshot, { start: 0, limit });
  }

  /** Throws 410 Expired once the state of the first page is forgotten, as after a restart. */
  next(continueToken: string, limit: number): Page {
    const { snapshot, start } = readToken(continueToken);
    return this.#page(snapshot, { start, limit });
  }

  #page(snapshot: string, { start, limit }: { start: number; limit: number }): Page {
    const kept = this.#snapshots.get(snapshot);
    if (kept === undefined || !this.#store.remembers(Number(kept.revision))) {
      this.#snapshots.delete(snapshot);
      throw expired(
        'The provided continue parameter is too old to display a consistent list result. Start a new list without the continue parameter.',
      );
    }
    const end = limit === 0 ? kept.objects.length : start + limit;
    const objects = kept.objects.slice(start, end);
    const remainingItemCount = Math.max(0, kept.objects.length - end);
    if (remainingItemCount === 0) return { objects, revision: kept.revision };
    const continueToken = Buffer.from(JSON.stringify({ snapshot, start: end })).toString('base64url');
    return { objects, revision: kept.revision, continue: continueToken, remainingItemCount };
  }
}

function readToken(text: string): z.infer<typeof token> {
  try {
    return token.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
  } catch {
    throw badRequest('continue key is not valid');
  }
}
