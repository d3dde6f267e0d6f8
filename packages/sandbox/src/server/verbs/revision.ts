import { ApiError, badRequest } from '../../store/api-error.ts';
import type { WatchableStore } from '../../store/create-store.ts';

/** Reads a `resourceVersion` parameter. Undefined for none; throws 400 for nonsense. */
export function readRevision(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`Invalid value: "${text}": resourceVersion must be a number`);
  return Number(text);
}

/** The same, and 504 for one that is not reached yet. */
export function parseRevision(store: WatchableStore, text: string | null): number | undefined {
  const revision = readRevision(text);
  if (revision !== undefined && revision > Number(store.revision())) {
    throw new ApiError(504, 'Timeout', {
      message: `Too large resource version: ${revision}, current: ${store.revision()}`,
      details: { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }] },
    });
  }
  return revision;
}
