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

/** Where a page of (time, id), newest first, goes on. */
interface Place {
  at: Date;
  id: string;
}

function encode(place: Place): string {
  return Buffer.from(`${place.at.toISOString()} ${place.id}`).toString('base64url');
}

/** Reads a cursor; one that Flow did not make is refused as invalid. */
function decode(cursor: string): Place {
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
  const { at, id } = decode(cursor);
  return { createdAt: { lte: at }, OR: [{ createdAt: { lt: at } }, { createdAt: at, id: { lt: id } }] };
}

/** The same for tables whose time is called `at`. */
export function happenedBefore(cursor: string | undefined): {
  at?: { lte: Date };
  OR?: ({ at: { lt: Date } } | { at: Date; id: { lt: string } })[];
} {
  if (cursor === undefined) return {};
  const { at, id } = decode(cursor);
  return { at: { lte: at }, OR: [{ at: { lt: at } }, { at, id: { lt: id } }] };
}

/** The same for tables whose time is called `openedAt`. */
export function openedBefore(cursor: string | undefined): {
  openedAt?: { lte: Date };
  OR?: ({ openedAt: { lt: Date } } | { openedAt: Date; id: { lt: string } })[];
} {
  if (cursor === undefined) return {};
  const { at, id } = decode(cursor);
  return { openedAt: { lte: at }, OR: [{ openedAt: { lt: at } }, { openedAt: at, id: { lt: id } }] };
}

/** Cuts the page from `limit + 1` rows: the extra row only says that there is a next page. */
export function toPage<Row extends { id: string }>(rows: readonly Row[], limit: number, timeOf: (row: Row) => Date): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > limit && last !== undefined ? encode({ at: timeOf(last), id: last.id }) : null };
}
