import { FlowError } from '@flow/core/fault';

/** One page of a list, newest first. `nextCursor` is null on the last page; totals are not counted, since that would grow with history. */
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Which page: from the cursor of the page before, at most `limit` items. */
export interface PageQuery {
  cursor?: string | undefined;
  limit: number;
}

/** Where a page of (time, id) goes on. */
export interface Place {
  at: Date;
  id: string;
}

/** A place as it is given to clients. */
export function encodePlace(place: Place): string {
  return Buffer.from(`${place.at.toISOString()} ${place.id}`).toString('base64url');
}

/** Reads a cursor; one that Flow did not make is refused as invalid. */
export function decodePlace(cursor: string): Place {
  const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const at = new Date(time);
  if (Number.isNaN(at.getTime()) || id === '') {
    throw new FlowError({
      code: 'invalid',
      message: 'This page address is not valid any more: start from the first page',
      fields: [{ path: 'cursor', message: 'not a cursor' }],
    });
  }
  return { at, id };
}

/**
 * The condition for rows after the cursor in the order (createdAt, id), both falling. The first part alone bounds the index scan,
 * since Postgres does not see through the alternative.
 */
export function createdBefore(cursor: string | undefined): {
  createdAt?: { lte: Date };
  OR?: ({ createdAt: { lt: Date } } | { createdAt: Date; id: { lt: string } })[];
} {
  if (cursor === undefined) return {};
  const { at, id } = decodePlace(cursor);
  return { createdAt: { lte: at }, OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

/** The condition for rows after the cursor in the order (createdAt, id), both rising: of lists that begin with the oldest. */
export function createdAfter(cursor: string | undefined): {
  createdAt?: { gte: Date };
  OR?: ({ createdAt: { gt: Date } } | { createdAt: Date; id: { gt: string } })[];
} {
  if (cursor === undefined) return {};
  const { at, id } = decodePlace(cursor);
  return { createdAt: { gte: at }, OR: [{ createdAt: { gt: at } }, { createdAt: at, id: { gt: id } }] };
}

/** The same for tables whose time is called `at`. */
export function happenedBefore(cursor: string | undefined): {
  at?: { lte: Date };
  OR?: ({ at: { lt: Date } } | { at: Date; id: { lt: string } })[];
} {
  if (cursor === undefined) return {};
  const { at, id } = decodePlace(cursor);
  return { at: { lte: at }, OR: [{ at: { lt: at } }, { at, id: { lt: id } }] };
}

/** The same for tables whose time is called `openedAt`. */
export function openedBefore(cursor: string | undefined): {
  openedAt?: { lte: Date };
  OR?: ({ openedAt: { lt: Date } } | { openedAt: Date; id: { lt: string } })[];
} {
  if (cursor === undefined) return {};
  const { at, id } = decodePlace(cursor);
  return { openedAt: { lte: at }, OR: [{ openedAt: { lt: at } }, { openedAt: at, id: { lt: id } }] };
}

/** The same for tables whose time is called `askedAt`. */
export function askedBefore(cursor: string | undefined): {
  askedAt?: { lte: Date };
  OR?: ({ askedAt: { lt: Date } } | { askedAt: Date; id: { lt: string } })[];
} {
  if (cursor === undefined) return {};
  const { at, id } = decodePlace(cursor);
  return { askedAt: { lte: at }, OR: [{ askedAt: { lt: at } }, { askedAt: at, id: { lt: id } }] };
}

/** The same for tables whose time is called `beganAt`. */
export function beganBefore(cursor: string | undefined): {
  beganAt?: { lte: Date };
  OR?: ({ beganAt: { lt: Date } } | { beganAt: Date; id: { lt: string } })[];
} {
  if (cursor === undefined) return {};
  const { at, id } = decodePlace(cursor);
  return { beganAt: { lte: at }, OR: [{ beganAt: { lt: at } }, { beganAt: at, id: { lt: id } }] };
}

/** Cuts the page from `limit + 1` rows: the extra row only says that there is a next page. */
export function toPage<Row extends { id: string }>(rows: readonly Row[], limit: number, timeOf: (row: Row) => Date): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encodePlace({ at: timeOf(last), id: last.id }) : null };
}
